import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { MatrixProblem, PriorityMatrix } from '../settings/priority-matrix.ts'
import { isSameMatrix, matrixProblems, priorityOf } from '../settings/priority-matrix.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { Ticket, TicketState } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import { announceTicket, differences } from './follow-up.ts'
import { byMatrix } from './priority-change.ts'

/** Tickets that somebody still has to work on. */
const OPEN: readonly TicketState[] = ['new', 'open', 'waiting']
const TICKETS_PER_READ = 200
/** How often a ticket is tried again when somebody else changed it at the same moment. */
const MAX_TRIES = 5

/** What a matrix would do. */
export interface MatrixPreview {
  readonly problems: readonly MatrixProblem[]
  /** Open tickets whose priority nobody overrode, and how many of them would get another priority. */
  readonly openTickets: number
  readonly changing: number
}

interface PriorityDependencies {
  readonly store: Pick<Store, 'tickets' | 'settings' | 'audit'>
  readonly clock: Clock
  readonly bus: Bus
}

export type PriorityService = ReturnType<typeof createPriorityService>

/** What a change of the priority matrix means for tickets that are open already. */
export function createPriorityService(dependencies: PriorityDependencies) {
  const { store, clock } = dependencies
  return {
    /** Says what a matrix would do, without changing anything. */
    async preview(matrix: PriorityMatrix): Promise<MatrixPreview> {
      const counts = await store.tickets.gradeCounts(OPEN)
      const changing = counts.filter(
        ({ impact, urgency, priority }) => priorityOf(matrix, impact, urgency) !== priority,
      )
      return { problems: matrixProblems(matrix), openTickets: total(counts), changing: total(changing) }
    },

    /**
     * Gives open tickets the priority that the matrix says, each with an entry in its log; those with an override keep
     * theirs. What a crash leaves over is found by calling it again.
     *
     * @param seen the matrix that the admin decided on
     * @returns how many tickets got another priority
     * @throws AskFirstError CONFLICT when the matrix is another one by now
     */
    async apply(seen: PriorityMatrix, actor: Actor): Promise<number> {
      const { priorityMatrix: matrix } = await readSettings(store)
      if (!isSameMatrix(matrix, seen)) {
        throw new AskFirstError(
          'CONFLICT',
          'The matrix is another one by now, so no ticket was changed. Save yours first, or look at the new one.',
        )
      }
      const changed = await regradeAll(dependencies, matrix, actor)
      const detail = { matrix, tickets: changed }
      await store.audit.append(
        auditDraft(clock, { actor, action: 'priority-matrix.applied', subject: 'organisation', detail }),
      )
      return changed
    },
  }
}

function total(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0)
}

async function regradeAll(dependencies: PriorityDependencies, matrix: PriorityMatrix, actor: Actor): Promise<number> {
  const { tickets } = dependencies.store
  let changed = 0
  let after: string | undefined
  do {
    const place = after === undefined ? {} : { after }
    const page = await tickets.list({ ...place, states: OPEN, order: 'oldest', limit: TICKETS_PER_READ })
    // At once, so that the store writes them in few commits.
    const outcomes = await Promise.all(page.items.map((ticket) => regrade(dependencies, ticket, { matrix, actor })))
    changed += outcomes.filter(Boolean).length
    after = page.next ?? undefined
  } while (after !== undefined)
  return changed
}

/** @returns whether the ticket got another priority */
async function regrade(
  dependencies: PriorityDependencies,
  found: Ticket,
  by: { readonly matrix: PriorityMatrix; readonly actor: Actor },
): Promise<boolean> {
  const { store, bus } = dependencies
  let ticket: Ticket | null = found
  for (let left = MAX_TRIES; ; left -= 1) {
    if (ticket === null || !isByMatrix(ticket)) return false
    const columns = byMatrix(by.matrix, ticket)
    if (columns.priority === ticket.priority) return false
    try {
      await putPriority(dependencies, ticket, { columns, actor: by.actor })
      announceTicket(bus, ticket.id)
      return true
    } catch (error) {
      if (!(error instanceof AskFirstError) || error.code !== 'CONFLICT' || left <= 1) throw error
      ticket = await store.tickets.get(ticket.id)
    }
  }
}

function isByMatrix({ state, priorityReason }: Ticket): boolean {
  return OPEN.includes(state) && priorityReason.override === null
}

async function putPriority(
  { store, clock }: PriorityDependencies,
  ticket: Ticket,
  { columns, actor }: { readonly columns: ReturnType<typeof byMatrix>; readonly actor: Actor },
): Promise<void> {
  const at = isoNow(clock)
  await store.tickets.change(
    ticket.id,
    ticket.version,
    { ...columns, updatedAt: at },
    {
      ticketId: ticket.id,
      at,
      actor,
      kind: 'ticket.changed',
      body: { changes: differences(ticket, columns), because: 'priority-matrix' },
    },
  )
}
