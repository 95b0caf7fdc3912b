import type { Target, TicketClock } from '../store/clock-entities.ts'
import { TARGETS } from '../store/clock-entities.ts'
import type { TimerDraft } from '../store/timer-store.ts'

/** Kinds of timers that watch targets: the first warns, the second says that a time is over. */
export const CLOCK_TIMERS = ['clock.warn', 'clock.breach'] as const
type ClockTimer = (typeof CLOCK_TIMERS)[number]

/** Levels whose working time is watched, each as a thing of its own: the time at level 2 is not the time at level 1. */
const LEVELS = [1, 2, 3]

/**
 * The timers that a clock asks for, and those that it does not (any more).
 *
 * @param silentUntil alarms up to this instant stay out, for tickets that are older than the clocks; null: none
 */
export function plannedTimers(
  clock: TicketClock,
  silentUntil: string | null,
): { readonly set: readonly TimerDraft[]; readonly cancel: readonly string[] } {
  const set = clock.targets
    .filter(({ state }) => state === 'running')
    .flatMap((target) => CLOCK_TIMERS.flatMap((kind) => timerOf(clock, target, kind) ?? []))
    .filter(({ dueAt }) => silentUntil === null || dueAt > silentUntil)
  const kept = new Set(set.map(({ key }) => key))
  return { set, cancel: allKeys(clock).filter((key) => !kept.has(key)) }
}

/** When a target's timer of a kind is due; null when there is none. */
export function instantOf({ warnAt, dueAt }: Target, kind: ClockTimer): string | null {
  return kind === 'clock.warn' ? warnAt : dueAt
}

function timerOf(clock: TicketClock, target: Target, kind: ClockTimer): TimerDraft | null {
  const dueAt = instantOf(target, kind)
  if (dueAt === null) return null
  const name = target.target === 'level' ? levelName(clock.facts?.level ?? 1) : target.target
  const { ticketId } = clock
  return { key: keyOf(clock, name, kind), kind, ticketId, dueAt, body: { target: target.target } }
}

function allKeys(clock: TicketClock): readonly string[] {
  const names = [...TARGETS.filter((target) => target !== 'level'), ...LEVELS.map(levelName)]
  return names.flatMap((name) => CLOCK_TIMERS.map((kind) => keyOf(clock, name, kind)))
}

function levelName(level: number): string {
  return `level-${level}`
}

function keyOf({ ticketId }: TicketClock, name: string, kind: ClockTimer): string {
  return `${kind}/${ticketId}/${name}`
}
