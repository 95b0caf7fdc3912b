import type { ServiceTime } from '../service-time/service-time.ts'
import type { ServiceLevel } from '../settings/service-level.ts'
import type { ClockFacts, Span, Target, TargetName } from '../store/clock-entities.ts'
import { TARGETS } from '../store/clock-entities.ts'

interface Rules {
  readonly serviceLevel: ServiceLevel
  readonly time: ServiceTime
}

const MINUTE_MS = 60_000

/** How a ticket stands by its facts and the settings; targets that do not apply are left out. */
export function targetsOf(facts: ClockFacts, rules: Rules): readonly Target[] {
  return TARGETS.flatMap((target) => targetOf(target, facts, rules) ?? [])
}

/** When the first time that runs is over; null when none runs. */
export function firstDue(targets: readonly Target[]): string | null {
  const due = targets.flatMap(({ state, dueAt }) => (state === 'running' && dueAt !== null ? [dueAt] : []))
  return due.toSorted()[0] ?? null
}

function targetOf(target: TargetName, facts: ClockFacts, rules: Rules): Target | null {
  const { openedAt, toldAt, answeredAt, endedAt, level, priority, stopped, worked } = facts
  const promised = rules.serviceLevel.targets[priority - 1]
  switch (target) {
    case 'response': {
      // Waiting does not stop it: a person who has heard nothing waits for the desk.
      const end = answeredAt ?? endedAt
      return stand({ target, minutes: promised?.response, spans: [{ from: openedAt, to: end }], end }, rules)
    }
    case 'update':
      // The first word is the response's business, and a ticket that is over needs none.
      if (answeredAt === null || endedAt !== null) return null
      return stand({ target, minutes: promised?.update, spans: without(toldAt, stopped), end: null }, rules)
    case 'level':
      if (endedAt !== null) return null
      return stand({ target, minutes: rules.serviceLevel.levelMinutes[level - 1], spans: worked, end: null }, rules)
    case 'resolution': {
      const spans = without(openedAt, stopped)
      return stand({ target, minutes: promised?.resolution, spans, end: endedAt }, rules)
    }
  }
}

interface Course {
  readonly target: TargetName
  readonly minutes: number | null | undefined
  /** When the time ran. */
  readonly spans: readonly Span[]
  /** When what was promised was done; null: not yet. */
  readonly end: string | null
}

function stand({ target, minutes, spans, end }: Course, rules: Rules): Target | null {
  if (minutes === null || minutes === undefined) return null
  const wholeMs = minutes * MINUTE_MS
  const due = reach(spans, wholeMs, rules.time)
  const plain = { target, minutes, dueAt: null, warnAt: null, leftMs: null }
  // Used up exactly at the end is in time.
  if (end !== null) {
    const isLate = due.at !== null && due.at < Date.parse(end)
    return isLate ? { ...plain, state: 'missed', dueAt: iso(due.at) } : { ...plain, state: 'met' }
  }
  if (due.at === null) return { ...plain, state: 'paused', leftMs: due.leftMs }
  const warn = reach(spans, Math.floor((wholeMs * rules.serviceLevel.warnAtPercent) / 100), rules.time)
  return { ...plain, state: 'running', dueAt: iso(due.at), warnAt: iso(warn.at ?? due.at) }
}

/** When so much open time was or will be used up in the spans; no instant when it ends before and nothing goes on. */
function reach(
  spans: readonly Span[],
  wholeMs: number,
  time: ServiceTime,
): { readonly at: number | null; readonly leftMs: number } {
  let leftMs = wholeMs
  for (const { from, to } of spans) {
    const begin = Date.parse(from)
    if (to === null) return { at: time.add(begin, leftMs), leftMs }
    const used = time.between(begin, Date.parse(to))
    if (used >= leftMs) return { at: time.add(begin, leftMs), leftMs: 0 }
    leftMs -= used
  }
  return { at: null, leftMs }
}

/** The time from an instant on without the spans, which are in order. */
function without(from: string, spans: readonly Span[]): readonly Span[] {
  const rest: Span[] = []
  let begin: string | null = from
  for (const span of spans) {
    if (begin === null || (span.to !== null && span.to <= begin)) continue
    if (span.from > begin) rest.push({ from: begin, to: span.from })
    begin = span.to
  }
  return begin === null ? rest : [...rest, { from: begin, to: null }]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
