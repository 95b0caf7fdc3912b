import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { User } from '../store/entities.ts'
import type { AgedOut, RetentionStanding } from '../store/retention-store.ts'
import type { Store } from '../store/store.ts'

const DAY_MS = 86_400_000
/** Tickets of one look; there is another as long as there are some. */
const TICKETS_A_LOOK = 50
const ACTOR: Actor = { kind: 'system', id: 'retention', name: 'AskFirst retention' }

/** What was deleted of how many tickets. */
export interface AgeingReport extends AgedOut {
  readonly tickets: number
}

const NOTHING: AgeingReport = { tickets: 0, runs: 0, chunks: 0, rows: 0, files: 0, bytes: 0 }

/** How a ticket's data stands, and when it goes. */
export interface TicketRetention extends RetentionStanding {
  /** When its rows and files are deleted, unless it is held or changed; null: not at all. */
  readonly dueAt: string | null
}

type By = Pick<User, 'id' | 'name'>

export type RetentionService = ReturnType<typeof createRetentionService>

/** How long rows and files stay: they age out after their ticket was closed, unless a lead holds them. */
export function createRetentionService({
  store,
  clock,
  bus,
}: {
  readonly store: Pick<Store, 'retention' | 'tickets' | 'settings' | 'audit'>
  readonly clock: Clock
  readonly bus: Pick<Bus, 'publish'>
}) {
  function announce(id: TicketId): void {
    bus.publish({ topic: `ticket/${id}`, kind: 'ticket', id })
    bus.publish({ topic: `ticket/${id}`, kind: 'log', id })
    bus.publish({ topic: `ticket/${id}`, kind: 'run', id })
  }

  async function standing(ticketId: TicketId): Promise<TicketRetention> {
    const [now, ticket, { retention }] = await Promise.all([
      store.retention.standing(ticketId),
      store.tickets.get(ticketId),
      readSettings(store),
    ])
    const isGone = now.agedOutAt !== null && ticket !== null && now.agedOutAt >= ticket.updatedAt
    const isDue = retention.isOn && ticket?.state === 'closed' && now.hold === null && !isGone
    const dueMs = Date.parse(ticket?.updatedAt ?? '') + retention.closedDays * DAY_MS
    return { ...now, dueAt: isDue ? new Date(dueMs).toISOString() : null }
  }

  async function ageOutOne(ticketId: TicketId, closedBefore: string, closedDays: number): Promise<AgedOut | null> {
    const log = { ticketId, at: isoNow(clock), actor: ACTOR, kind: 'retention.aged-out', body: { closedDays } } as const
    const gone = await store.retention.ageOut(ticketId, closedBefore, log)
    if (gone !== null) announce(ticketId)
    return gone
  }

  return {
    /** @throws AskFirstError NOT_FOUND */
    standing,

    /** Keeps a ticket's data whatever its age. @throws AskFirstError NOT_FOUND; CONFLICT when it is held already */
    async hold(ticketId: TicketId, reason: string, by: By): Promise<TicketRetention> {
      const at = isoNow(clock)
      const actor: Actor = { kind: 'user', id: by.id, name: by.name }
      const log = { ticketId, at, actor, kind: 'retention.held', body: { reason } } as const
      const isHeld = await store.retention.hold(ticketId, { reason, by: { id: by.id, name: by.name }, at }, log)
      if (!isHeld) throw new AskFirstError('CONFLICT', `Ticket ${ticketId} is held already.`)
      announce(ticketId)
      return standing(ticketId)
    },

    /** Ends a hold. @throws AskFirstError NOT_FOUND; CONFLICT when there is none */
    async release(ticketId: TicketId, reason: string, by: By): Promise<TicketRetention> {
      const actor: Actor = { kind: 'user', id: by.id, name: by.name }
      const log = { ticketId, at: isoNow(clock), actor, kind: 'retention.released', body: { reason } } as const
      if (!(await store.retention.release(ticketId, log)))
        throw new AskFirstError('CONFLICT', `Ticket ${ticketId} is not held.`)
      announce(ticketId)
      return standing(ticketId)
    },

    /** Deletes the rows and files of every ticket whose time is over; nothing while that is switched off. */
    async ageOut(): Promise<AgeingReport> {
      const { retention } = await readSettings(store)
      if (!retention.isOn) return NOTHING
      const closedBefore = new Date(clock.now() - retention.closedDays * DAY_MS).toISOString()
      let report = NOTHING
      let due: readonly TicketId[]
      do {
        due = await store.retention.due(closedBefore, TICKETS_A_LOOK)
        for (const id of due) report = added(report, await ageOutOne(id, closedBefore, retention.closedDays))
      } while (due.length === TICKETS_A_LOOK)
      if (report.tickets > 0) await store.audit.append(agedOutAudit(report))
      return report
    },
  }

  function agedOutAudit(report: AgeingReport) {
    return auditDraft(clock, { actor: ACTOR, action: 'tickets.aged-out', subject: 'store', detail: { ...report } })
  }
}

/** @param gone null: another server was first */
function added(report: AgeingReport, gone: AgedOut | null): AgeingReport {
  if (gone === null) return report
  return {
    tickets: report.tickets + 1,
    runs: report.runs + gone.runs,
    chunks: report.chunks + gone.chunks,
    rows: report.rows + gone.rows,
    files: report.files + gone.files,
    bytes: report.bytes + gone.bytes,
  }
}
