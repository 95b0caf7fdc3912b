import type { CauseCount, ConsentFacts, LoggedEvent, OpenCount, Period, TicketFacts } from '../store/figure-entities.ts'
import { consentAnswer } from './consent-answer.ts'
import type { Figures, Named, Share } from './figures.ts'
import { CONSENT_ANSWERS, FEEDBACK } from './figures.ts'
import { timesByPriority } from './times-taken.ts'

const DAY_MS = 86_400_000

/** What the store knows of a period. */
export interface Counted {
  readonly open: readonly OpenCount[]
  readonly tickets: readonly TicketFacts[]
  readonly consent: readonly ConsentFacts[]
  readonly causes: readonly CauseCount[]
  readonly escalations: readonly LoggedEvent[]
  readonly feedback: readonly LoggedEvent[]
  readonly steps: readonly LoggedEvent[]
}

/** The figures of a period; see HOW_COUNTED for what each means. */
export function makeFigures(period: Period, counted: Counted, titleOf: (rule: string) => string): Figures {
  const opened = counted.tickets.filter(({ openedAt }) => openedAt >= period.from && openedAt < period.to)
  const resolved = counted.tickets.filter(isResolved)
  const waited = opened.filter(({ openedByDesk }) => !openedByDesk)
  const answered = waited.filter(isAnswered)
  return {
    ...period,
    open: counted.open.toSorted((one, other) => one.priority - other.priority || one.level - other.level),
    flow: flowOf(period, opened, resolved),
    firstResponse: timesByPriority(answered.map((ticket) => lengthOf(ticket, ticket.firstResponseAt))),
    unanswered: waited.length - answered.length,
    resolution: timesByPriority(resolved.map((ticket) => lengthOf(ticket, ticket.resolvedAt))),
    firstContact: shareOf(resolved, isFirstContact),
    reopened: shareOf(resolved, wasReopened),
    escalated: shareOf(opened, ({ escalations }) => escalations > 0),
    escalations: byName(counted.escalations.map(({ body }) => textOf(body['criterion']))),
    consent: consentOf(counted.consent),
    satisfaction: satisfactionOf(counted.feedback),
    causes: counted.causes.map(({ rule, tickets }) => ({
      rule,
      title: titleOf(rule),
      tickets,
    })),
    prevention: preventionOf(resolved, counted.steps),
  }
}

type Resolved = TicketFacts & {
  readonly firstResolvedAt: string
  readonly resolvedAt: string
}

function isResolved(ticket: TicketFacts): ticket is Resolved {
  return ticket.firstResolvedAt !== null && ticket.resolvedAt !== null
}

function isAnswered(ticket: TicketFacts): ticket is TicketFacts & { readonly firstResponseAt: string } {
  return ticket.firstResponseAt !== null
}

function lengthOf({ priority, openedAt }: TicketFacts, endedAt: string) {
  // A ticket's own entry and what follows it may carry the same instant, and a clock may have been set back between them.
  return {
    priority,
    ms: Math.max(0, Date.parse(endedAt) - Date.parse(openedAt)),
  }
}

function wasReopened({ firstResolvedAt, reopenedAt }: Resolved): boolean {
  return reopenedAt !== null && reopenedAt >= firstResolvedAt
}

function isFirstContact(ticket: Resolved): boolean {
  const { technicians, permissions, escalations } = ticket
  return technicians <= 1 && permissions <= 1 && escalations === 0 && ticket.reopenedAt === null
}

function shareOf<Item>(items: readonly Item[], counts: (item: Item) => boolean): Share {
  return { count: items.filter(counts).length, of: items.length }
}

/** Every day of the period, so that a quiet day is a zero and no gap. */
function flowOf({ from, to }: Period, opened: readonly TicketFacts[], resolved: readonly Resolved[]) {
  const openedOn = countsOf(opened.map(({ openedAt }) => dayOf(openedAt)))
  const resolvedOn = countsOf(resolved.map(({ resolvedAt }) => dayOf(resolvedAt)))
  const start = Date.parse(`${dayOf(from)}T00:00:00.000Z`)
  const days = Math.max(0, Math.ceil((Date.parse(to) - start) / DAY_MS))
  return Array.from({ length: days }, (_, n) => {
    const day = dayOf(new Date(start + n * DAY_MS).toISOString())
    return {
      day,
      opened: openedOn.get(day) ?? 0,
      resolved: resolvedOn.get(day) ?? 0,
    }
  })
}

function dayOf(instant: string): string {
  return instant.slice(0, 10)
}

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** The most frequent first; equal ones by name. */
function byName(names: readonly string[]): readonly Named[] {
  return [...countsOf(names)]
    .map(([name, count]) => ({ name, count }))
    .toSorted((one, other) => other.count - one.count || (one.name < other.name ? -1 : 1))
}

function consentOf(requests: readonly ConsentFacts[]) {
  const counts = countsOf(requests.map(consentAnswer))
  return CONSENT_ANSWERS.map((answer) => ({
    answer,
    count: counts.get(answer) ?? 0,
  }))
}

function satisfactionOf(answers: readonly LoggedEvent[]): Figures['satisfaction'] {
  const counts = countsOf(answers.map(({ body }) => textOf(body['choice'])))
  return FEEDBACK.map((choice) => ({ choice, count: counts.get(choice) ?? 0 }))
}

/** What was written last at the fifth step counts. */
function preventionOf(resolved: readonly Resolved[], steps: readonly LoggedEvent[]): Share {
  const verified = steps.filter(({ body }) => body['step'] === 'verify')
  const isPrevented = new Map(verified.map(({ ticketNumber, body }) => [ticketNumber, hasMeasure(body['content'])]))
  return shareOf(resolved, ({ number }) => isPrevented.get(number) === true)
}

/** Whether something was done against the problem's return. */
function hasMeasure(content: unknown): boolean {
  const measures: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'measures') : null
  if (!Array.isArray(measures)) return false
  return measures.some(
    (measure: unknown) => typeof measure === 'object' && measure !== null && Reflect.get(measure, 'isDone') === true,
  )
}

const NOT_SAID = 'not said'

function textOf(value: unknown): string {
  return typeof value === 'string' && value.trim() !== '' ? value : NOT_SAID
}
