import { COLLECTORS } from '@askfirst/agent/collectors/index.ts'
import type { TSchema } from 'typebox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Given } from '../support/evil/evil-desk.ts'
import { EvilDesk } from '../support/evil/evil-desk.ts'

type Values = Readonly<Record<string, unknown>>
type Schema = Readonly<Record<string, unknown>>

/** The keywords of a parameter's schema; typebox does not type all of them. */
const keywords = (schema: TSchema) => schema as unknown as Schema
const number = (value: unknown) => Number(value)
const MIDDLE = '2026-05-05T12:00:00.000Z'

/** A value in the middle of what a schema allows, so that there is something beyond it. */
function middle(schema: Schema): unknown {
  if (schema.type === 'integer') return Math.floor((number(schema.minimum) + number(schema.maximum)) / 2)
  if (schema.type === 'boolean') return false
  if (schema.type === 'array') return [oneMember(schema.items as Schema, 0)]
  if (Array.isArray(schema.enum)) return schema.enum[0]
  return String(schema.pattern).includes('T') ? MIDDLE : 'middle'
}

function oneMember(items: Schema, at: number): unknown {
  if (Array.isArray(items.enum)) return items.enum[at]
  return items.type === 'integer' ? 1_000 + at : `member ${at}`
}

/** Values that say more than the middle one; each has to be refused. */
function wider(schema: Schema): unknown[] {
  const granted = middle(schema)
  if (schema.type === 'integer') {
    return schema.grant === 'atLeast' ? [number(granted) - 1, schema.minimum] : [number(granted) + 1, schema.maximum]
  }
  if (schema.type === 'boolean') return [true]
  if (schema.type === 'array') {
    const other = oneMember(schema.items as Schema, 1)
    return [[other], [granted, other].flat(), ...(schema.minItems === undefined ? [[]] : [])]
  }
  if (Array.isArray(schema.enum)) return schema.enum.slice(1)
  return schema.grant === 'atMost'
    ? ['2026-05-05T12:00:00.001Z', '9999-12-31T23:59:59.999Z']
    : ['2026-05-05T11:59:59.999Z', '0000-01-01T00:00:00.000Z']
}

/** Whether a default, or none, says more than what was granted. */
function isMore(standard: unknown, granted: unknown): boolean {
  if (typeof standard === 'number') return standard > number(granted)
  if (typeof standard === 'boolean') return standard && granted !== true
  if (!Array.isArray(standard)) return standard !== granted
  return standard.length === 0 || standard.some((member) => !(granted as unknown[]).includes(member))
}

/** Values that no schema of these takes; each has to be refused before anything compares it. */
const MALFORMED: readonly unknown[] = [null, {}, [null], 'x'.repeat(5_000), -1e300, '\u0000', [[]], { $gt: 0 }]

const HERE = COLLECTORS.filter(({ platforms }) => platforms.some((platform) => platform === process.platform))
const middleOf = (properties: Readonly<Record<string, TSchema>>): Values =>
  Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, middle(keywords(schema))]))
const CASES = HERE.flatMap((collector) =>
  Object.entries(collector.params.properties).flatMap(([name, schema]) => [
    ...wider(keywords(schema)).map((value) => ({ collector, name, value })),
    ...MALFORMED.map((value) => ({ collector, name, value })),
  ]),
)

let desk: EvilDesk
let given: Given

beforeAll(async () => {
  desk = await EvilDesk.open({
    agent: { collectors: COLLECTORS, hostEntry: new URL('../../agent/runtime/host-main.ts', import.meta.url) },
  })
  const collectors = HERE.map(({ id, params }) => ({ id, params: middleOf(params.properties) }))
  given = await desk.given({ collectors, durationMs: 28_800_000 })
})
afterAll(async () => {
  await desk.close()
})

async function refusalOf(collector: (typeof COLLECTORS)[number], params: Values): Promise<string> {
  return await desk.outcome(desk.order(given, { collector: collector.id, params }))
}

describe('an evil server and the parameters of every real collector', () => {
  it('has something to widen in each kind that a schema names', () => {
    const rules = new Set(CASES.map(({ collector, name }) => keywords(collector.params.properties[name] ?? {}).grant))
    expect([...rules].sort()).toEqual(expect.arrayContaining(['atMost', 'onlyIf', 'subset']))
    expect(CASES.length).toBeGreaterThan(100)
  })

  it.each(HERE.map(({ id }) => id))(
    '[C9] gets nothing from %s by any one parameter beyond the granted one',
    async (id) => {
      const answers: string[] = []
      for (const { collector, name, value } of CASES.filter((known) => known.collector.id === id)) {
        const code = await refusalOf(collector, { ...middleOf(collector.params.properties), [name]: value })
        if (code !== 'GRANT_PARAMS_EXCEEDED' && code !== 'PARAMS_INVALID')
          answers.push(`${name} ${JSON.stringify(value)}: ${code}`)
      }
      expect(answers).toEqual([])
      expect(desk.server.chunks).toEqual([])
    },
  )

  it.each(HERE)('[C9] gets nothing from $id by parameters that it does not have', async (collector) => {
    for (const name of ['path', 'command', 'toString', 'valueOf', '', 'maxRows ']) {
      expect(await refusalOf(collector, { ...middleOf(collector.params.properties), [name]: 1 })).toBe('PARAMS_INVALID')
    }
  })

  it.each(HERE)('[C9] gets no more than the granted by leaving out what has a default in $id', async (collector) => {
    const granted = middleOf(collector.params.properties)
    for (const [name, schema] of Object.entries(collector.params.properties)) {
      const { [name]: _left, ...params } = granted
      if (isMore(keywords(schema).default, granted[name]))
        expect([name, await refusalOf(collector, params)]).toEqual([name, 'GRANT_PARAMS_EXCEEDED'])
    }
    expect(desk.server.chunks).toEqual([])
  })

  it('[C9] gets, by the very parameters that were granted, real rows: the refusals above are no accident', async () => {
    const collector = HERE.find(({ id }) => id === 'device.info') ?? HERE[0]
    if (collector === undefined) throw new Error('There is no collector for this platform')
    const runId = desk.order(given, { collector: collector.id, params: middleOf(collector.params.properties) })
    expect(await desk.outcome(runId)).not.toMatch(/^GRANT_|PARAMS/)
    expect(desk.server.chunks.every((chunk) => chunk.runId === runId)).toBe(true)
  })
})
