import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import { ChangedTickets } from '../bus/changed-tickets.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { ServiceTime } from '../service-time/service-time.ts'
import type { ServiceLevel } from '../settings/service-level.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { ClockFacts, Target, TargetName, TicketClock } from '../store/clock-entities.ts'
import type { Store } from '../store/store.ts'
import { foldEntry } from './clock-facts.ts'
import { plannedTimers } from './planned-timers.ts'
import { firstDue, targetsOf } from './targets.ts'

/** Entries that come within this time are counted together. */
const GATHER_MS = 100
/** How often tickets are looked for whose clock is behind: other nodes' changes, changed settings, a crash. */
const CATCH_UP_MS = 60_000
const LOG_PAGE = 500
const TICKETS_AT_ONCE = 200
const CHANGES: ReadonlySet<string> = new Set(['log'])

export interface KeeperDeps {
  readonly store: Pick<Store, 'clocks' | 'log' | 'settings'>
  readonly clock: Clock
  readonly bus: Bus
}

/** A service level ready to be counted with. */
interface Rules {
  readonly serviceLevel: ServiceLevel
  readonly time: ServiceTime
  readonly sha256: string
}

export type ClockKeeper = ReturnType<typeof createClockKeeper>

/**
 * Counts each ticket's clock out of its log and sets the timers that follow from it. It reads what is in the log and asks
 * nobody who changed the ticket, so no way to change one can forget it.
 */
export function createClockKeeper({ store, clock, bus }: KeeperDeps) {
  let rules: Rules | null = null

  async function rulesNow(): Promise<Rules> {
    const { serviceLevel } = await readSettings(store)
    const sha256 = createHash('sha256').update(canonicalJson(serviceLevel)).digest('hex')
    if (rules?.sha256 !== sha256) rules = { serviceLevel, sha256, time: new ServiceTime(serviceLevel.calendar) }
    return rules
  }

  async function count(ticketId: TicketId): Promise<Counted | null> {
    const now = await rulesNow()
    const kept = await store.clocks.get(ticketId)
    const { facts, logSeq } = await foldFrom(store, ticketId, kept)
    if (facts === null) return null
    const targets = targetsOf(facts, now)
    const after = { ticketId, logSeq, facts, targets, dueAt: firstDue(targets), settingsSha256: now.sha256 }
    const isSame = kept !== null && kept.logSeq === logSeq && kept.settingsSha256 === now.sha256
    return { kept, after, isSame, rules: now }
  }

  /** Brings the kept clock of a ticket up to its log and the settings; null when there is no such ticket. */
  async function refresh(ticketId: TicketId): Promise<TicketClock | null> {
    const counted = await count(ticketId)
    if (counted === null || counted.isSame) return counted?.after ?? null
    const { kept, after } = counted
    const isOlder = kept !== null && kept.facts === null
    if (!(await store.clocks.put(after, plannedTimers(after, isOlder ? isoNow(clock) : null)))) return after
    bus.publish({ topic: 'timers', kind: 'timer', id: ticketId })
    if (JSON.stringify(kept?.targets) !== JSON.stringify(after.targets)) announceClock(bus, ticketId)
    return after
  }

  return {
    refresh,
    /** The clock as it is now, without keeping it; null when there is no such ticket. */
    read: async (ticketId: TicketId): Promise<{ readonly clock: TicketClock; readonly time: ServiceTime } | null> => {
      const counted = await count(ticketId)
      return counted === null ? null : { clock: counted.after, time: counted.rules.time }
    },
    rulesNow,
    /** The time of each ticket that is over first, as it was kept last; tickets at which none runs are left out. */
    async due(ticketIds: readonly TicketId[]): Promise<ReadonlyMap<TicketId, DueTime>> {
      const { time } = await rulesNow()
      const now = clock.now()
      const kept = await store.clocks.list(ticketIds)
      return new Map(kept.flatMap(({ ticketId, targets }) => dueTime(targets, { time, now, ticketId })))
    },
    /**
     * Refreshes every clock that is behind; the number.
     *
     * @throws AggregateError when some could not be; the others are kept all the same
     */
    async catchUp(): Promise<number> {
      const done = new Set<TicketId>()
      const problems: unknown[] = []
      for (;;) {
        const { sha256 } = await rulesNow()
        const ids = (await store.clocks.behind(sha256, TICKETS_AT_ONCE)).filter((id) => !done.has(id))
        for (const id of ids) {
          done.add(id)
          await refresh(id).catch((error: unknown) => problems.push(error))
        }
        if (ids.length > 0) continue
        if (problems.length > 0) throw new AggregateError(problems, `${problems.length} clocks could not be kept`)
        return done.size
      }
    },
  }
}

/** The time of a ticket that is over first. */
export interface DueTime {
  readonly target: TargetName
  readonly dueAt: string
  /** Open time that is left, in ms; below 0 when it is over. */
  readonly leftMs: number
  readonly isWarned: boolean
}

function dueTime(
  targets: readonly Target[],
  { time, now, ticketId }: { readonly time: ServiceTime; readonly now: number; readonly ticketId: TicketId },
): readonly (readonly [TicketId, DueTime])[] {
  const first = targets
    .flatMap((one) => (one.state === 'running' && one.dueAt !== null ? [{ ...one, dueAt: one.dueAt }] : []))
    .toSorted((one, other) => (one.dueAt < other.dueAt ? -1 : 1))[0]
  if (first === undefined) return []
  const { target, dueAt, warnAt } = first
  const isWarned = warnAt !== null && Date.parse(warnAt) <= now
  return [[ticketId, { target, dueAt, leftMs: time.left(now, Date.parse(dueAt)), isWarned }]]
}

interface Counted {
  readonly kept: TicketClock | null
  readonly after: TicketClock
  readonly isSame: boolean
  readonly rules: Rules
}

async function foldFrom(
  store: Pick<Store, 'log'>,
  ticketId: TicketId,
  kept: TicketClock | null,
): Promise<{ readonly facts: ClockFacts | null; readonly logSeq: number }> {
  let facts = kept?.facts ?? null
  let logSeq = facts === null ? 0 : (kept?.logSeq ?? 0)
  for (;;) {
    const entries = await store.log.read(ticketId, logSeq, LOG_PAGE)
    for (const entry of entries) {
      facts = foldEntry(facts, entry)
      logSeq = entry.seq
    }
    if (entries.length < LOG_PAGE) return { facts, logSeq }
  }
}

/** Tells readers of a ticket, of the queue and of the leads' view that its clock changed. */
function announceClock(bus: Bus, ticketId: TicketId): void {
  for (const topic of [`ticket/${ticketId}`, 'queue']) bus.publish({ topic, kind: 'clock', id: ticketId })
}

/** Follows the bus and keeps clocks; looks now and then for what the bus did not say. Closing waits for what is on. */
export function followClocks(keeper: ClockKeeper, { bus, log }: { readonly bus: Bus; readonly log: Logger }) {
  const failed = (error: unknown) => log.error({ err: error }, 'a clock could not be kept; the next look tries again')
  const changed = new ChangedTickets(bus, { kinds: CHANGES, gatherMs: GATHER_MS }, async (ticketId) => {
    await keeper.refresh(ticketId).catch(failed)
  })
  let looking: Promise<unknown> = Promise.resolve()
  const look = () => {
    looking = looking.then(() => keeper.catchUp()).catch(failed)
  }
  look()
  const timer = setInterval(look, CATCH_UP_MS)
  timer.unref()
  return {
    async close(): Promise<void> {
      clearInterval(timer)
      await changed.close()
      await looking
    },
  }
}
