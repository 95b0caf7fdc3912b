import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ClosedAs } from '../store/ticket-entities.ts'

/** How the desk may close a ticket. Only a person's signed answer makes it `confirmed` (SPEC T5). */
export const CLOSE_WISHES = ['resolved', 'no-answer', 'withdrawn', 'duplicate', 'merged'] as const

/** These two go on in another ticket. */
const GOES_ON: readonly CloseWish['as'][] = ['duplicate', 'merged']

/** How somebody wants to close a ticket. */
export interface CloseWish {
  readonly as: (typeof CLOSE_WISHES)[number]
  readonly reason: string | null
  /** The ticket in which the work goes on; of a duplicate or merged one only. */
  readonly into?: TicketId
  /** Why a step of the method was left out, by the step's name. */
  readonly skips: Readonly<Record<string, string>>
}

/** Something that stands in the way of closing a ticket. */
export interface CloseProblem {
  /** For programs, and for the page that offers a way out. */
  readonly code: string
  /** For people: one sentence that says what to do. */
  readonly text: string
  /** Id or name of what it is about; absent where it is the ticket itself. */
  readonly about?: string
}

/** Looks for what stands in the way of closing a ticket; empty when nothing does. */
export type CloseCheck = (ticket: Ticket, wish: CloseWish) => Promise<readonly CloseProblem[]>

/** Every check, in the order in which people are told. */
export function closeChecks({ store }: { readonly store: Pick<Store, 'runs' | 'tickets'> }): readonly CloseCheck[] {
  return [checkReason, checkInto(store), checkRuns(store)]
}

/** What a wish closes the ticket as. */
export function closedAs({ confirmed }: Ticket, { as }: CloseWish): ClosedAs {
  return as === 'resolved' && confirmed === true ? 'confirmed' : as
}

const checkReason: CloseCheck = async ({ state, waitingFor }, { as, reason }) => {
  if (as === 'no-answer') {
    const isAsked = state === 'resolved' || (state === 'waiting' && waitingFor === 'person')
    return isAsked
      ? []
      : [
          {
            code: 'NOT_ASKED',
            text: 'Nobody was asked: resolve it first, or let it wait for the person.',
          },
        ]
  }
  const isAgreed = GOES_ON.includes(as) || (as === 'resolved' && state === 'resolved')
  if (isAgreed || reason !== null) return []
  const text =
    as === 'withdrawn'
      ? 'Say why the ticket is withdrawn.'
      : 'Resolve the ticket first, so that the person is asked whether it is fixed; or say why they are not.'
  return [{ code: 'REASON_NEEDED', text }]
}

/** A duplicate or merged ticket names one that is there, is another one and is not closed; no other names any. */
function checkInto(store: Pick<Store, 'tickets'>): CloseCheck {
  return async ({ id }, { as, into }) => {
    if (!GOES_ON.includes(as))
      return into === undefined
        ? []
        : [{ code: 'INTO_NOT_ALLOWED', text: 'Only a duplicate or a merged ticket goes on in another.' }]
    const target = into === undefined || into === id ? null : await store.tickets.get(into)
    if (target === null) return [{ code: 'INTO_NEEDED', text: 'Name the other ticket in which the work goes on.' }]
    const text = `Ticket #${target.number} is closed itself. Open it again first, or choose another.`
    return target.state === 'closed' ? [{ code: 'INTO_CLOSED', text, about: target.id }] : []
  }
}

/** A run ends or is stopped before its ticket closes, so that nobody closes over something that still reads a machine. */
function checkRuns(store: Pick<Store, 'runs'>): CloseCheck {
  return async ({ id }) => {
    const open = (await store.runs.listForTicket(id)).filter(({ endedAt }) => endedAt === null)
    return open.map((run) => ({
      code: 'RUN_OPEN',
      text: `${run.collector} has not ended on the device. Wait for it, or stop it.`,
      about: run.id,
    }))
  }
}
