import type { FindingContent } from '@askfirst/protocol/finding.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kernelLine } from '../support/analysed.ts'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import { chunkFrame, completeness, rowBytes } from '../support/scripted-agent.ts'

interface Listed {
  readonly items: readonly { readonly id: string; readonly state: string; readonly content: FindingContent }[]
}
interface Outcomes {
  readonly outcomes: readonly {
    readonly rule: string
    readonly state: string
    readonly reason: string | null
    readonly explainedBy: string | null
  }[]
}

const OOM = kernelLine('Out of memory: Killed process 42 (java)')
let world: HostileWorld

beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

/** A run of `eventlog.query` whose rows came in two pieces and, when asked for, to its end. */
async function streamed(rows: readonly object[], options: { readonly end: boolean }) {
  const on = await world.desk.ordered()
  const pieces = [rows.slice(0, 1), rows.slice(1)].filter((piece) => piece.length > 0)
  let firstRow = 0
  for (const [seq, piece] of pieces.entries()) {
    on.agent.sendFrame(chunkFrame(on.runId, { seq, firstRow }, piece))
    firstRow += piece.length
  }
  if (options.end) {
    on.agent.send({
      type: 'run.end',
      runId: on.runId,
      completeness: completeness({ rows: rows.length, chunks: pieces.length, bytes: rowBytes(rows) }),
    })
    await on.agent.next('run.recorded')
  }
  return on
}

const findingsOf = (ticketId: string) => world.desk.api<Listed>('GET', `/api/tickets/${ticketId}/findings`)
const evaluate = (ticketId: string) =>
  world.desk.api<Outcomes>('POST', `/api/tickets/${ticketId}/findings/evaluate`, {})

describe('findings of a ticket', () => {
  it('appear while rows stream, name the rows, and stand in the log once', async () => {
    const on = await streamed([kernelLine('quiet'), OOM], { end: false })
    await world.desk.until(async () => (await findingsOf(on.ticketId)).items.length > 0, 'a finding')
    const [found] = (await findingsOf(on.ticketId)).items
    expect(found).toMatchObject({ state: 'open', content: { rule: 'mem.oom', severity: 'high' } })
    expect(found?.content.evidence).toEqual([{ runId: on.runId, collector: 'eventlog.query', rows: [1], totalRows: 1 }])
    const rows = await world.desk.rows(on.runId)
    expect(rows[1]?.row).toEqual(OOM)
    await evaluate(on.ticketId)
    await evaluate(on.ticketId)
    expect((await world.desk.logKinds(on.ticketId)).filter((kind) => kind === 'finding.added')).toHaveLength(1)
  })

  it('say of every rule whether it passed, found something, or could not tell and why', async () => {
    const on = await streamed([kernelLine('quiet')], { end: true })
    const { outcomes } = await evaluate(on.ticketId)
    expect(outcomes.find(({ rule }) => rule === 'mem.oom')).toMatchObject({ state: 'pass', reason: null })
    expect(outcomes.find(({ rule }) => rule === 'disk.full')).toMatchObject({
      state: 'could-not-tell',
      reason: expect.stringMatching(/has run/),
    })
    expect(outcomes.map(({ rule }) => rule)).not.toContain('stop.bugcheck')
  })

  it('can be run again over stored rows after a restart of the analysis, with the same result', async () => {
    const on = await streamed([kernelLine('blk_update_request: critical medium error, dev sda, sector 1'), OOM], {
      end: true,
    })
    const first = await evaluate(on.ticketId)
    const again = await evaluate(on.ticketId)
    expect(again).toEqual(first)
    expect((await findingsOf(on.ticketId)).items.map(({ content }) => content.rule).sort()).toEqual([
      'disk.badblock',
      'mem.oom',
    ])
  })

  it('are judged by people, with a reason that stands in the log', async () => {
    const on = await streamed([OOM], { end: true })
    await evaluate(on.ticketId)
    const id = (await findingsOf(on.ticketId)).items[0]?.id ?? ''
    const path = `/api/tickets/${on.ticketId}/findings/${id}`
    await world.desk.api('PATCH', path, { state: 'dismissed', reason: 'A test of the new limit.' })
    expect((await findingsOf(on.ticketId)).items[0]).toMatchObject({
      state: 'dismissed',
      reason: 'A test of the new limit.',
    })
    expect((await world.desk.logKinds(on.ticketId)).at(-1)).toBe('finding.judged')
    expect((await world.desk.call('PATCH', path, { state: 'dismissed' })).status).toBe(400)
    const other = await world.desk.ticketFor(on.agent.deviceId)
    expect(
      (await world.desk.call('PATCH', `/api/tickets/${other}/findings/${id}`, { state: 'confirmed', reason: 'x' }))
        .status,
    ).toBe(404)
  })

  it('exist only on tickets that exist', async () => {
    const missing = `/api/tickets/tkt_${'0'.repeat(26)}/findings`
    expect((await world.desk.call('GET', missing)).status).toBe(404)
    expect((await world.desk.call('POST', `${missing}/evaluate`, {})).status).toBe(404)
  })
})
