import type { Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { ClosedAs } from '../store/ticket-entities.ts'

/** How the desk may close a ticket. Only a person's signed answer makes it `confirmed` (SPEC T5). */
export const CLOSE_WISHES = ['resolved', 'no-answer', 'withdrawn'] as const

/** How somebody wants to close a ticket. */
export interface CloseWish {
  readonly as: (typeof CLOSE_WISHES)[number]
  readonly reason: string | null
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
export function closeChecks({ store }: { readonly store: Pick<Store, 'runs'> }): readonly CloseCheck[] {
  return [checkReason, checkRuns(store)]
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
  const isAgreed = as === 'resolved' && state === 'resolved'
  if (isAgreed || reason !== null) return []
  const text =
    as === 'withdrawn'
      ? 'Say why the ticket is withdrawn.'
      : 'Resolve the ticket first, so that the person is asked whether it is fixed; or say why they are not.'
  return [{ code: 'REASON_NEEDED', text }]
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
