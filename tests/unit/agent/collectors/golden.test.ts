import { readdirSync, readFileSync } from 'node:fs'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { COLLECTORS } from '../../../../agent/collectors/index.ts'
import type { SourceProblem } from '../../../../agent/runtime/collector-context.ts'
import { SourceError } from '../../../../agent/runtime/collector-context.ts'
import type { FakeAnswer, FakeMachine } from '../../../support/fake-context.ts'
import { fakeContext } from '../../../support/fake-context.ts'

const FOLDER = new URL('../../../fixtures/collectors/', import.meta.url)
const IDS = ['device.info', 'disk.space', 'net.config', 'process.list']
const PLATFORMS = ['darwin', 'linux', 'win32'] as const

/** A described machine as a file: like FakeMachine, with `{ "error": "denied" }` for what cannot be read. */
interface DescribedMachine {
  readonly params: Record<string, unknown>
  readonly files?: Record<string, string | { readonly error: SourceProblem }>
  readonly commands?: Record<string, string>
  readonly links?: Record<string, string>
  readonly volumes?: NonNullable<FakeMachine['volumes']>
  readonly users?: Record<number, string>
  readonly powershell?: readonly unknown[]
}

function machineOf(platform: FakeMachine['platform'], described: DescribedMachine): FakeMachine {
  const { files = {}, powershell, params: _params, ...rest } = described
  const answers = Object.entries(files).map(([path, text]): [string, FakeAnswer] => [
    path,
    typeof text === 'string' ? text : new SourceError(text.error, path, 'as described'),
  ])
  const folders = Object.keys(files).flatMap((path) =>
    path.split('/').map((_, at, parts) => parts.slice(0, at).join('/')),
  )
  const facts = { sizeBytes: 0, modifiedAt: new Date(0), uid: 0 }
  return {
    platform,
    ...rest,
    files: Object.fromEntries(answers),
    fileFacts: Object.fromEntries(folders.map((path) => [path, facts])),
    ...(powershell === undefined ? {} : { powershell: () => powershell }),
  }
}

function casesOf(id: string, platform: string): string[] {
  return readdirSync(new URL(`${id}/${platform}/`, FOLDER))
    .filter((name) => name.endsWith('.input.json'))
    .map((name) => name.replace('.input.json', ''))
}

/** Rows up to the end, or up to the error that ends the run. */
async function run(rows: AsyncIterable<unknown>): Promise<{ rows: unknown[]; failed: { readonly failed?: string } }> {
  const seen: unknown[] = []
  try {
    for await (const row of rows) seen.push(row)
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return { rows: seen, failed: { failed: `${error.problem}: ${error.source}` } }
  }
  return { rows: seen, failed: {} }
}

const CASES = IDS.flatMap((id) =>
  PLATFORMS.flatMap((platform) => casesOf(id, platform).map((name) => ({ id, platform, name }))),
)

describe('rows of described machines', () => {
  it.each(CASES)('$id on $platform: $name', async ({ id, platform, name }) => {
    const collector = COLLECTORS.find((one) => one.id === id)
    if (collector === undefined) throw new Error(`no collector ${id}`)
    const described: DescribedMachine = JSON.parse(
      readFileSync(new URL(`${id}/${platform}/${name}.input.json`, FOLDER), 'utf8'),
    )
    const context = fakeContext(machineOf(platform, described))
    const { rows, failed } = await run(collector.collect(context, described.params))
    for (const row of rows) expect([...Value.Errors(collector.row, row)], JSON.stringify(row)).toEqual([])
    const result = { ...failed, rows, partial: context.partials.map((error) => `${error.problem}: ${error.source}`) }
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot(
      new URL(`${id}/${platform}/${name}.expected.json`, FOLDER).pathname,
    )
  })

  it('has a case for each of the four collectors on each of the three systems', () => {
    expect(new Set(CASES.map(({ id, platform }) => `${id} ${platform}`)).size).toBe(12)
  })
})
