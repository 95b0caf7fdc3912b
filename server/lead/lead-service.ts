import type { Clock } from '../clock.ts'
import type { ServiceTime } from '../service-time/service-time.ts'
import type { ServiceLevel, Trigger } from '../settings/service-level.ts'
import { TRIGGERS } from '../settings/service-level.ts'
import type { DeskLoad, ListedEscalation, Target, TargetName, WatchedTicket } from '../store/clock-entities.ts'
import type { ListedOffer } from '../store/offer-store.ts'
import type { Store } from '../store/store.ts'
import type { ClockKeeper } from '../ticket-clock/clock-keeper.ts'

/** Most tickets of each list. */
const MOST = 50
const MINUTE_MS = 60_000

/** A ticket with the time that is over first. */
export interface DueTicket {
  readonly ticket: WatchedTicket
  readonly target: TargetName
  readonly dueAt: string
  /** Open time that is left, in ms; below 0 when it is over. */
  readonly leftMs: number
  /** Whether the rules put it before the leads: it is over, and they say so. */
  readonly isForLeads: boolean
}

/** What a lead looks at. */
export interface LeadView {
  /** How many things wait for the leads. */
  readonly alerts: number
  readonly due: readonly DueTicket[]
  readonly waiting: readonly (ListedEscalation & { readonly isForLeads: boolean })[]
  /** Tickets that were offered to somebody who has not answered, the longest first. */
  readonly offered: readonly ListedOffer[]
  /** Tickets at which nothing happened for too long, though the desk is to move. */
  readonly stuck: readonly WatchedTicket[]
  readonly load: readonly DeskLoad[]
}

export interface LeadDeps {
  readonly store: Pick<Store, 'clocks' | 'escalations' | 'offers'>
  readonly clock: Clock
  readonly clocks: Pick<ClockKeeper, 'rulesNow'>
}

export type LeadService = ReturnType<typeof createLeadService>

/** The desk as its leads see it: which times end, who has how much, what stands still, what waits to be taken over. */
export function createLeadService({ store, clock, clocks }: LeadDeps) {
  return {
    async view(): Promise<LeadView> {
      const rules = await clocks.rulesNow()
      const now = clock.now()
      const stuckMs = rules.serviceLevel.stuckMinutes * MINUTE_MS
      const [tickets, escalations, offered, quiet, load] = await Promise.all([
        store.clocks.due(MOST),
        store.escalations.waiting(MOST),
        store.offers.unanswered(MOST),
        // Open time is never longer than time: who is stuck by the first is so by the second.
        store.clocks.quietSince(new Date(now - stuckMs).toISOString(), MOST),
        store.clocks.load(),
      ])
      const kept = await store.clocks.list(tickets.map(({ id }) => id))
      const targets = new Map(kept.map((one) => [one.ticketId, one.targets]))
      const due = tickets.flatMap((ticket) => dueTicket(ticket, targets.get(ticket.id) ?? [], { ...rules, now }) ?? [])
      const waiting = escalations.map((one) => ({ ...one, isForLeads: tellsLeads(rules.serviceLevel, one) }))
      const stuck = quiet.filter(({ lastEntryAt }) => rules.time.between(Date.parse(lastEntryAt), now) >= stuckMs)
      const alerts = [...due, ...waiting].filter(({ isForLeads }) => isForLeads).length
      return { alerts, due, waiting, offered, stuck, load }
    },
  }
}

interface Rules {
  readonly serviceLevel: ServiceLevel
  readonly time: ServiceTime
  readonly now: number
}

const TRIGGER_OF: Readonly<Partial<Record<TargetName, Trigger>>> = {
  level: 'level-limit',
  resolution: 'resolution-breach',
}

function dueTicket(ticket: WatchedTicket, targets: readonly Target[], rules: Rules): DueTicket | null {
  const running = targets.flatMap(({ target, state, dueAt }) =>
    state === 'running' && dueAt !== null ? [{ target, dueAt }] : [],
  )
  const first = running.toSorted((one, other) => (one.dueAt < other.dueAt ? -1 : 1))[0]
  if (first === undefined) return null
  const { time, now, serviceLevel } = rules
  const leftMs = time.left(now, Date.parse(first.dueAt))
  const isForLeads = running.some(({ target, dueAt }) => {
    const trigger = TRIGGER_OF[target]
    const isTold = trigger === undefined || (serviceLevel.rules[trigger][ticket.level - 1]?.tellLeads ?? true)
    return Date.parse(dueAt) < now && isTold
  })
  return { ticket, ...first, leftMs, isForLeads }
}

function tellsLeads({ rules }: ServiceLevel, { criterion, fromLevel }: ListedEscalation): boolean {
  const trigger = TRIGGERS.find((known) => known === criterion)
  return trigger === undefined || (rules[trigger][fromLevel - 1]?.tellLeads ?? true)
}
