import { createHash } from 'node:crypto'
import type { AskId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { id } from '../consent/consent-fixture.ts'
import { ANN, BEN, recordOf, TicketsOnDisk } from './tickets-fixture.ts'

let disk: TicketsOnDisk
let ticketId: TicketId
beforeEach(() => {
  disk = new TicketsOnDisk()
  ticketId = disk.opened()
  disk.record()
  disk.progress(ticketId)
})
afterEach(() => disk.dispose())

const BY = { name: 'Tess Desk', role: 'technician' } as const
function approval(change: Partial<Extract<TicketAsk, { kind: 'approve-action' }>> = {}): TicketAsk {
  const body = { action: 'Restart the printer service', risk: 'low', who: 'Tess' } as const
  return { askId: id('ask'), kind: 'approve-action', at: '2026-11-16T10:00:00.000Z', by: BY, body, ...change }
}
const say = (...asks: TicketAsk[]) => disk.tickets.words.asks({ type: 'ticket.asks', ticketId, asks })
const hashOf = (ask: TicketAsk) => createHash('sha256').update(askText(ask)).digest('hex')
const decide = (ask: TicketAsk, choice = 'approved', user = ANN, askSha256 = hashOf(ask)) =>
  disk.tickets.decide(ticketId, { kind: 'decided', askId: ask.askId, askSha256, choice }, { user, language: 'en' })
const held = () => disk.tickets.shown(ticketId, ANN)

describe('questions of the desk on the device', () => {
  it('[P14] are all that the server names, and announced once each', () => {
    const [first, second] = [approval(), approval()]
    say(first)
    expect(disk.tickets.takeNews(ANN)).toEqual([ticketId])
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    say(first, second)
    expect(disk.tickets.takeNews(ANN)).toEqual([ticketId])
    say(second)
    expect(held().asks).toEqual([second])
    expect(disk.tickets.takeNews(ANN)).toEqual([])
    say()
    expect(held().asks).toEqual([])
  })

  it('[P14] are of a ticket that the device follows, and survive a restart with what was announced', () => {
    disk.tickets.words.asks({ type: 'ticket.asks', ticketId: id('tkt'), asks: [approval()] })
    expect(disk.tickets.of(ANN)).toHaveLength(1)
    const ask = approval()
    say(ask)
    disk.tickets.read(ticketId, ANN)
    disk.tickets.close()
    disk.restart()
    expect(held().asks).toEqual([ask])
    expect(disk.tickets.takeNews(ANN)).toEqual([])
  })

  it('[P11] are answered with the hash of what was shown, kept with it, and not asked again', () => {
    const ask = approval()
    say(ask)
    decide(ask, 'declined')
    const { said } = recordOf(disk.lastJws())
    expect(said).toEqual({ kind: 'decided', askId: ask.askId, askSha256: hashOf(ask), choice: 'declined' })
    expect(held().statements.at(-1)).toMatchObject({ state: 'waiting', ask })
    expect(() => decide(ask)).toThrow('no answer any more')
    disk.record()
    say()
    expect(held().statements.at(-1)).toMatchObject({ state: 'recorded', ask })
  })

  it('[P11] that changed since they were shown, or lack the choice, are not answered', () => {
    const ask = approval()
    const changed = approval({ askId: ask.askId, body: { action: 'Delete everything', risk: 'low', who: 'Tess' } })
    say(changed)
    expect(() => decide(ask)).toThrow('has changed')
    expect(() => decide(changed, 'good')).toThrow('no choice')
    expect(() => decide(approval())).toThrow('no answer any more')
    expect(disk.sentOf('person.statement')).toHaveLength(1)
  })

  it('[P12] end with their time by the clock of the device, to the millisecond', () => {
    const until = new Date(disk.clock.wallMs() + 1).toISOString()
    const ask = approval({ until })
    say(ask)
    const late = approval({ until: new Date(disk.clock.wallMs()).toISOString() })
    say(ask, late)
    expect(() => decide(late)).toThrow('no answer any more')
    decide(ask)
    expect(disk.sentOf('person.statement')).toHaveLength(2)
  })

  it('[P14] are for the account of the ticket alone', () => {
    const ask = approval()
    say(ask)
    expect(() => decide(ask, 'approved', BEN)).toThrow('no ticket')
    expect(disk.tickets.takeNews(BEN)).toEqual([])
  })

  it('[P15] are answered in a closed ticket only when they ask for feedback', () => {
    const ask = approval()
    const { body: _body, ...rest } = approval()
    const feedback: TicketAsk = { ...rest, kind: 'feedback', body: {} }
    say(ask, feedback)
    disk.progress(ticketId, { state: 'closed' })
    expect(() => decide(ask)).toThrow('no answer any more')
    decide(feedback, 'good')
    expect(recordOf(disk.lastJws()).said).toMatchObject({ choice: 'good' })
  })

  it('can be answered anew when the server refused the answer and still asks', () => {
    const ask = approval()
    say(ask)
    decide(ask)
    disk.record('refused', 'STATEMENT_INVALID')
    decide(ask)
    expect(disk.sentOf('person.statement')).toHaveLength(3)
  })

  it('[L23] come in a message of at most eight, each id once', () => {
    const asks = Array.from({ length: LIMITS.maxOpenAsks }, () => approval())
    const parse = (list: readonly TicketAsk[]) =>
      parseServerMessage(JSON.stringify({ type: 'ticket.asks', ticketId, asks: list })).kind
    expect(parse(asks)).toBe('message')
    expect(parse([...asks, approval()])).toBe('invalid')
    const [first = approval()] = asks
    say(first, first)
    expect(held().asks?.map(({ askId }: { askId: AskId }) => askId)).toEqual([first.askId])
  })
})
