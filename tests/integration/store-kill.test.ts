import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { RunId } from '@askfirst/protocol/ids.ts'
import { checkIntegrity } from '@askfirst/server/store/integrity.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import { afterEach, beforeEach, expect, test } from 'vitest'

const WRITER = new URL('../support/store-writer.ts', import.meta.url).pathname
let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'askfirst-kill-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

/** Kills the writer as soon as it has told of `after` acknowledgements; gives all that it told. */
function killedAfter(file: string, after: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const writer = spawn(process.execPath, [WRITER, file], { stdio: ['ignore', 'pipe', 'inherit'] })
    let told = ''
    writer.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text
      if (told.split('\n').length > after) writer.kill('SIGKILL')
    })
    writer.once('error', reject)
    writer.once('close', () => resolve(told.split('\n').slice(0, -1)))
  })
}

test.each([1, 40, 400])('what was acknowledged survives SIGKILL after %i acknowledgements', async (after) => {
  const file = join(folder, 'store.db')
  const acknowledged = await killedAfter(file, after)
  expect(acknowledged.length).toBeGreaterThanOrEqual(after)
  const store = await openStore({ kind: 'sqlite', file })
  const next = new Map<string, number>()
  for (const line of acknowledged) {
    const [runId = '', seq = ''] = line.split(' ')
    next.set(runId, Math.max(next.get(runId) ?? 0, Number(seq) + 1))
  }
  for (const [runId, least] of next) {
    // The writer told a run's id.
    const run = await store.runs.get(runId as RunId)
    expect(run?.nextSeq).toBeGreaterThanOrEqual(least)
  }
  expect((await checkIntegrity(store)).problems).toEqual([])
  await store.close()
})
