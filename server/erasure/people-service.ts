import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { ErasureId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { Erasure, FoundPerson, PersonHoldings, PersonKey, PersonTicket } from '../store/people-store.ts'
import type { Store } from '../store/store.ts'
import { announceTicket } from '../tickets/follow-up.ts'
import { erasureTimer } from './erasure-timer.ts'
import { personFile } from './person-file.ts'

/** Shorter names of people stand in many reasons by chance. */
const LEAST_NAME = 3

/** A ticket with what it holds of a person. */
export interface HeldTicket extends PersonTicket {
  readonly holdings: PersonHoldings
}

/** All that is kept on a person. */
export interface KeptOnPerson {
  readonly tickets: readonly HeldTicket[]
  readonly total: PersonHoldings
  /** Names exactly this; an erasure goes ahead only if it is still so. */
  readonly preview: string
}

/** What came of an order to erase. */
export interface ErasureOutcome {
  readonly id: ErasureId
  readonly counts: Erasure['counts']
  /** Numbers of the tickets that were opened again or put on hold in between. */
  readonly left: readonly number[]
}

interface PeopleDeps {
  readonly store: Store
  readonly clock: Clock
  readonly bus: Bus
}

/** People outside the desk: who they are, what is kept on them, and how it is handed out and erased (SPEC G11 to G13). */
export class PeopleService {
  readonly #deps: PeopleDeps

  constructor(deps: PeopleDeps) {
    this.#deps = deps
  }

  find(q: string, limit: number): Promise<readonly FoundPerson[]> {
    return this.#deps.store.people.find(q, limit)
  }

  /** What is kept on a person, ticket by ticket: what an erasure would take, and what would stay. */
  async kept(person: readonly PersonKey[]): Promise<KeptOnPerson> {
    const { store } = this.#deps
    const tickets: HeldTicket[] = []
    for (const ticket of await store.people.tickets(person))
      tickets.push({ ...ticket, holdings: await store.people.holdings(ticket.id, person) })
    const preview = createHash('sha256').update(canonicalJson({ person, tickets })).digest('hex')
    return { tickets, total: totalOf(tickets), preview }
  }

  /**
   * All that is kept on a person as one zip, with an index to read. It stands in the audit log, without saying who it is.
   *
   * @throws AskFirstError NOT_FOUND when nothing is kept; PAYLOAD_TOO_LARGE
   */
  async export(
    person: readonly PersonKey[],
    actor: Actor,
  ): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
    const { store, clock } = this.#deps
    const kept = await this.kept(person)
    if (kept.tickets.length === 0) throw new AskFirstError('NOT_FOUND', 'Nothing is kept on this person.')
    const bytes = await personFile(store, { person, ...kept, at: isoNow(clock) })
    const detail = { tickets: kept.tickets.length, bytes: bytes.byteLength }
    await store.audit.append(auditDraft(clock, { actor, action: 'person.exported', subject: 'person', detail }))
    return { name: `person-${isoNow(clock).slice(0, 10)}.zip`, bytes }
  }

  /**
   * Erases what is kept on a person, ticket by ticket. What was ordered is carried out even if the server stops in between.
   *
   * @param order `preview` of what whoever orders it has seen
   * @throws AskFirstError NOT_FOUND when nothing is kept; CONFLICT when it is not as it was seen; ERASURE_BLOCKED with the
   *   numbers of tickets that are open or held; INVALID_REQUEST when the reason names the person
   */
  async erase(
    order: { readonly person: readonly PersonKey[]; readonly reason: string; readonly preview: string },
    by: Actor,
  ): Promise<ErasureOutcome> {
    const { store, clock } = this.#deps
    const { person, reason } = order
    const kept = await this.kept(person)
    if (kept.tickets.length === 0) throw new AskFirstError('NOT_FOUND', 'Nothing is kept on this person.')
    refuseBlocked(kept.tickets)
    await this.#refuseNames(order, kept.tickets)
    if (kept.preview !== order.preview)
      throw new AskFirstError('CONFLICT', 'What is kept on this person changed since it was looked at.')
    const id = newId('era', clock)
    const audit = auditDraft(clock, {
      ...{ actor: by, action: 'person.erasure-begun', subject: id },
      detail: { reason, tickets: kept.tickets.length },
    })
    await store.people.begin({ id, person, reason, by, at: audit.at }, erasureTimer(id, clock), audit)
    const left = await this.goOn(id)
    const done = await store.people.get(id)
    if (done === null) throw new AskFirstError('INTERNAL', `The erasure ${id} is not there any more.`)
    return { id, counts: done.counts, left }
  }

  /** Carries an order out from where it stands; nothing when it is done. @returns numbers of tickets that were left */
  async goOn(id: ErasureId): Promise<readonly number[]> {
    const { store, clock } = this.#deps
    const erasure = await store.people.get(id)
    if (erasure?.person == null) return []
    const { person, reason, by } = erasure
    const left: number[] = []
    for (const ticket of await store.people.tickets(person)) {
      const log = {
        ticketId: ticket.id,
        at: isoNow(clock),
        actor: by,
        kind: 'person.erased',
        body: { reason },
      } as const
      const { outcome } = await store.people.eraseTicket(id, ticket.id, log)
      if (outcome === 'left') left.push(ticket.number)
      if (outcome === 'erased') this.#announce(ticket)
    }
    const audit = { actor: by, action: 'person.erased', subject: id, detail: { reason, left } } as const
    await store.people.finish(id, erasureTimer(id, clock).key, auditDraft(clock, audit))
    return left
  }

  #announce({ id }: PersonTicket): void {
    const { bus } = this.#deps
    announceTicket(bus, id)
    bus.publish({ topic: `ticket/${id}`, kind: 'run', id })
  }

  /** The reason outlives the person's data: it stands in logs that nobody can change. */
  async #refuseNames(
    { person, reason }: { person: readonly PersonKey[]; reason: string },
    tickets: readonly PersonTicket[],
  ) {
    const names = person.map(nameOf)
    for (const { id } of tickets.filter(({ part }) => part === 'whole')) {
      const ticket = await this.#deps.store.tickets.get(id)
      names.push(ticket?.requesterName ?? '', ticket?.requesterEmail ?? '')
    }
    const said = reason.toLowerCase()
    if (names.some((name) => name.length >= LEAST_NAME && said.includes(name.toLowerCase())))
      throw new AskFirstError('INVALID_REQUEST', 'The reason stays for ever: it must not name the person.', {
        details: { field: 'reason' },
      })
  }
}

function nameOf(key: PersonKey): string {
  switch (key.kind) {
    case 'address':
      return key.address
    case 'account':
      return key.osUser
    case 'name':
      return key.name
  }
}

function refuseBlocked(tickets: readonly PersonTicket[]): void {
  const open = tickets.filter(({ state }) => state !== 'closed').map(({ number }) => number)
  const held = tickets.filter(({ isHeld }) => isHeld).map(({ number }) => number)
  if (open.length + held.length === 0) return
  const says = [
    ...(open.length === 0 ? [] : [`open: ${open.join(', ')}`]),
    ...(held.length === 0 ? [] : [`on legal hold: ${held.join(', ')}`]),
  ]
  throw new AskFirstError('ERASURE_BLOCKED', `Tickets of this person stand in the way (${says.join('; ')}).`, {
    details: { open, held },
  })
}

function totalOf(tickets: readonly HeldTicket[]): PersonHoldings {
  const sum = (name: keyof PersonHoldings) => tickets.reduce((total, { holdings }) => total + holdings[name], 0)
  return {
    entries: sum('entries'),
    files: sum('files'),
    runs: sum('runs'),
    chunks: sum('chunks'),
    rows: sum('rows'),
    bytes: sum('bytes'),
    mails: sum('mails'),
    receipts: sum('receipts'),
    knowledge: sum('knowledge'),
  }
}
