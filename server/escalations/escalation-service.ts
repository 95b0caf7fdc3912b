import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { EscalationId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId } from '../clock.ts'
import type { Trigger } from '../settings/service-level.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { Escalation, ListedEscalation } from '../store/clock-entities.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Firing } from '../store/timer-store.ts'
import { SYSTEM_ACTOR } from '../users/caller.ts'
import type { Asker } from './answer-escalation.ts'
import { accepting, answerEscalation, declining } from './answer-escalation.ts'
import type { EscalationDraft } from './draft-escalation.ts'
import { draftSummary, wordsToPerson } from './draft-escalation.ts'
import type { EscalationDeps, EscalationWish } from './escalation-records.ts'
import {
  askedEntry,
  changeOf,
  checkTaker,
  escalationChanged,
  found,
  invalid,
  messageEntry,
  movable,
  newEscalation,
} from './escalation-records.ts'
import { readHandover } from './read-handover.ts'

/** What a rule of the clock asks for; all of it is written with the end of the timer. */
interface RuleWish {
  readonly ticket: Ticket
  readonly toLevel: number
  readonly criterion: Trigger
  readonly columns: { readonly assigneeId?: null }
  /** Entry that says why. */
  readonly before: LogDraft
  readonly fires: Firing & { readonly at: string }
}

export type EscalationService = ReturnType<typeof createEscalationService>

/** Tickets that go to somebody else: asked for with a hand-over, and taken over only by who accepts. */
export function createEscalationService(deps: EscalationDeps) {
  const { store, clock } = deps

  return {
    /** Newest first. @throws AskFirstError NOT_FOUND */
    async list(ticketId: TicketId): Promise<readonly Escalation[]> {
      await found(store, ticketId)
      return store.escalations.listForTicket(ticketId)
    },

    /** Those of all tickets that wait for an answer, the longest first. */
    waiting: (limit: number): Promise<readonly ListedEscalation[]> => store.escalations.waiting(limit),

    /** A hand-over out of the log, words for the person, and the level that the rules propose. @throws AskFirstError NOT_FOUND */
    async draft(ticketId: TicketId, criterion: Trigger): Promise<EscalationDraft> {
      const handover = await readHandover(store, ticketId)
      const { serviceLevel } = await readSettings(store)
      const { level } = handover.ticket
      const toLevel = serviceLevel.rules[criterion][level - 1]?.toLevel ?? Math.min(level + 1, 3)
      return { toLevel, summary: draftSummary(handover), message: wordsToPerson(handover.ownerName, toLevel) }
    },

    /**
     * Asks for a ticket to be taken over. Its level changes now, so that it stands in the other level's queue; its owner
     * stays until somebody accepts.
     *
     * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is over or somebody is asked already; INVALID_REQUEST when
     *   the level is lower or who is asked cannot take tickets
     */
    async ask(ticketId: TicketId, wish: EscalationWish, actor: Actor): Promise<Escalation> {
      const ticket = await movable(store, ticketId)
      if (wish.toLevel < ticket.level) throw invalid('toLevel', `The ticket is at level ${ticket.level} already.`)
      if (wish.toUserId !== null) await checkTaker(store, wish.toUserId, { ...ticket, level: wish.toLevel })
      const at = isoNow(clock)
      const { message, ...rest } = wish
      const escalation = newEscalation(ticket, rest, { id: newId('esc', clock), at, actor })
      const change = changeOf(ticket, { level: wish.toLevel }, { at, actor })
      await store.escalations.ask({
        escalation,
        change,
        log: [
          await askedEntry(deps, ticket, escalation),
          ...(await messageEntry(deps, ticket, { ...escalation, text: message })),
        ],
      })
      await escalationChanged(deps, ticketId, message !== null)
      return escalation
    },

    /** As the clock's rules say; nothing happens when the timer is over. */
    async askByRule({ ticket, toLevel, criterion, columns, before, fires }: RuleWish): Promise<void> {
      const { at } = fires
      const handover = await readHandover(store, ticket.id)
      const wish = { toLevel, criterion, summary: draftSummary(handover), toUserId: null }
      const escalation = newEscalation(ticket, wish, { id: newId('esc', clock), at, actor: SYSTEM_ACTOR })
      const change = changeOf(ticket, { ...columns, level: toLevel }, { at, actor: SYSTEM_ACTOR })
      const text = wordsToPerson(handover.ownerName, toLevel)
      const words = await messageEntry(deps, ticket, { ...escalation, text })
      const log = [before, await askedEntry(deps, ticket, escalation), ...words]
      if ((await store.escalations.ask({ escalation, change, log, fires })) !== null)
        await escalationChanged(deps, ticket.id, true)
    },

    /**
     * Takes the ticket over: whoever accepts is its owner from now on. Permissions that the person gave to the owner before
     * end; the new one asks in their own name.
     *
     * @throws AskFirstError NOT_FOUND; NOT_ALLOWED when somebody else is asked; CONFLICT when it was answered or the ticket is over
     */
    accept: (ticketId: TicketId, id: EscalationId, by: Asker): Promise<Escalation> =>
      answerEscalation(deps, { ticketId, id }, (open) => accepting(open, by)),

    /**
     * Leaves the ticket where it was: its owner keeps it, at the level before. One that nobody in particular was asked for
     * is declined by leads only, since others may still accept it; who asked may take it back.
     *
     * @throws AskFirstError as `accept`
     */
    decline: (ticketId: TicketId, id: EscalationId, by: Asker & { readonly reason: string }): Promise<Escalation> =>
      answerEscalation(deps, { ticketId, id }, (open) => declining(open, by)),
  }
}
