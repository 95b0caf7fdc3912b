import { createHash } from 'node:crypto'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { HostileWorld } from '../support/hostile-world.ts'
import { startHostileWorld } from '../support/hostile-world.ts'
import type { ScriptedAgent } from '../support/scripted-agent.ts'
import { scriptedId } from '../support/scripted-agent.ts'
import { openTicket, SPEAKS_TICKETS, sendJws, signStatement, state, statement } from '../support/scripted-person.ts'

let world: HostileWorld
beforeAll(async () => {
  world = await startHostileWorld()
})
afterAll(() => world.close())

const APPROVAL = { kind: 'approve-action', body: { action: 'Install the driver anew', risk: 'high', who: 'Tess' } }
const INVALID = { outcome: 'refused', code: 'STATEMENT_INVALID' } as const
const CLOSED = { outcome: 'refused', code: 'ASK_CLOSED' } as const
const RECORDED = { outcome: 'recorded' } as const

interface Asked {
  readonly agent: ScriptedAgent
  readonly ticketId: TicketId
  readonly ask: TicketAsk
}
async function askIn(ticketId: TicketId, payload: object = APPROVAL): Promise<TicketAsk> {
  const answer = await world.desk.call('POST', `/api/tickets/${ticketId}/asks`, payload)
  expect(answer.status).toBe(201)
  return ((await answer.json()) as { readonly ask: TicketAsk }).ask // The server's own schema.
}
async function asked(payload: object = APPROVAL): Promise<Asked> {
  const agent = await world.desk.connect(undefined, SPEAKS_TICKETS)
  const ticketId = await openTicket(agent)
  return { agent, ticketId, ask: await askIn(ticketId, payload) }
}
const hashOf = (ask: TicketAsk) => createHash('sha256').update(askText(ask)).digest('hex')
const answerTo = (ask: TicketAsk, choice = 'approved', change: object = {}): StatementRecord['said'] => ({
  ...{ kind: 'decided', askId: ask.askId, askSha256: hashOf(ask), choice },
  ...change,
})
const tell = ({ agent, ticketId }: Asked, said: StatementRecord['said'], change = {}) =>
  state(agent, statement(agent, said, { ticketId, ...change }))
const stateOf = async ({ ask }: Asked) => (await world.store.asks.get(ask.askId))?.state

describe('an answer to what the desk asked', () => {
  it('[P11] [P12] is recorded as signed when it is to the very question; the same again changes nothing', async () => {
    const one = await asked()
    const heard = await one.agent.next('ticket.asks')
    expect(heard).toMatchObject({ ticketId: one.ticketId, asks: [one.ask] })
    const record = statement(one.agent, answerTo(one.ask, 'approved', { text: 'go on' }), { ticketId: one.ticketId })
    const jws = signStatement(one.agent.identity, record)
    expect(await sendJws(one.agent, record.statementId, jws)).toMatchObject(RECORDED)
    expect(await sendJws(one.agent, record.statementId, jws)).toMatchObject(RECORDED)
    const answer = { statementId: record.statementId, choice: 'approved', text: 'go on', osUser: 'rae' }
    expect(await world.store.asks.get(one.ask.askId)).toMatchObject({ state: 'answered', answer })
    const log = await world.store.log.read(one.ticketId, 0, 100)
    expect(log.filter(({ kind }) => kind === 'ask.answered')).toHaveLength(1)
    expect(log.find(({ kind, body }) => kind === 'person.stated' && body['jws'] === jws)).toBeDefined()
    expect(await one.agent.next('ticket.asks')).toMatchObject({ asks: [] })
  })

  it('[P11] is refused with another hash, choice, ticket or device, and changes nothing', async () => {
    const one = await asked()
    const other = await asked()
    const wrong: readonly StatementRecord['said'][] = [
      answerTo({ ...one.ask, by: { name: 'Eve', role: 'lead' } }, 'approved', { askId: one.ask.askId }),
      answerTo(one.ask, 'approved', { askSha256: '0'.repeat(64) }),
      answerTo(one.ask, 'good'),
      answerTo(one.ask, 'time-1'),
      answerTo(one.ask, 'approved', { askId: scriptedId('ask') }),
      answerTo(other.ask),
      answerTo(one.ask, 'approved', { choice: 'x'.repeat(17) }),
      answerTo(one.ask, 'approved', { text: 'x'.repeat(2_001) }),
      answerTo(one.ask, 'approved', { text: 'a\u0000b' }),
      answerTo(one.ask, 'approved', { grantId: scriptedId('gra') }),
    ]
    for (const said of wrong) expect(await tell(one, said)).toMatchObject(INVALID)
    expect(await tell(other, answerTo(one.ask), { ticketId: one.ticketId })).toMatchObject(INVALID)
    expect([await stateOf(one), await stateOf(other)]).toEqual(['open', 'open'])
    expect(await tell(one, answerTo(one.ask, 'declined'))).toMatchObject(RECORDED)
  })

  it('[P12] does not count when it comes second, or after the question was taken back', async () => {
    const one = await asked()
    expect(await tell(one, answerTo(one.ask, 'declined'))).toMatchObject(RECORDED)
    expect(await tell(one, answerTo(one.ask, 'approved'))).toMatchObject(CLOSED)
    const ask = await askIn(one.ticketId)
    await world.desk.call('DELETE', `/api/tickets/${one.ticketId}/asks/${ask.askId}`)
    expect(await tell(one, answerTo(ask))).toMatchObject(CLOSED)
    expect((await world.store.asks.get(one.ask.askId))?.answer?.choice).toBe('declined')
  })

  it('[P12] does not count past the end of the question, whatever the clock of the device says', async () => {
    const end = Date.now() + 300
    const one = await asked({ ...APPROVAL, until: new Date(end).toISOString() })
    await expect.poll(() => Date.now() > end, { timeout: 2_000 }).toBe(true)
    const at = new Date(end - 100).toISOString()
    expect(await tell(one, answerTo(one.ask), { at })).toMatchObject(CLOSED)
    expect(await stateOf(one)).toBe('open')
  })

  it('[P13] gives no grant and orders no run, whatever was asked', async () => {
    const one = await asked()
    await tell(one, answerTo(one.ask))
    expect(await world.store.consent.listForTicket(one.ticketId)).toEqual([])
    expect(await world.store.runs.listForTicket(one.ticketId)).toEqual([])
  })

  it('[P15] does not count in a closed ticket, feedback apart', async () => {
    const one = await asked()
    const feedback = await askIn(one.ticketId, { kind: 'feedback', body: {} })
    const version = (await world.store.tickets.get(one.ticketId))?.version
    const closing = { version, as: 'withdrawn', reason: 'it works again' }
    await world.desk.api('POST', `/api/tickets/${one.ticketId}/close`, closing)
    expect(await tell(one, answerTo(one.ask))).toMatchObject(INVALID)
    expect(await tell(one, answerTo(feedback, 'good'))).toMatchObject(RECORDED)
  })

  it('brings a ticket back that waited for the person', async () => {
    const one = await asked()
    const version = (await world.store.tickets.get(one.ticketId))?.version
    await world.desk.call('PATCH', `/api/tickets/${one.ticketId}`, { version, state: 'waiting' })
    await tell(one, answerTo(one.ask))
    expect(await world.store.tickets.get(one.ticketId)).toMatchObject({ state: 'open' })
  })
})
