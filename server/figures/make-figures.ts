import type { CauseCount, ConsentFacts, LoggedEvent, OpenCount, Period, TicketFacts } from '../store/figure-entities.ts'
import { consentAnswer } from './consent-answer.ts'
import type { Figures, Named, Satisfaction, Share } from './figures.ts'
import { CONSENT_ANSWERS } from './figures.ts'
import { timesByPriority } from './times-taken.ts'

const DAY_MS = 86_400_000
const SCORES = [1, 2, 3, 4, 5] as const

/** What the store knows of a period. */
export interface Counted {
  readonly open: readonly OpenCount[]
  readonly tickets: readonly TicketFacts[]
  readonly consent: readonly ConsentFacts[]
  readonly causes: readonly CauseCount[]
  readonly escalations: readonly LoggedEvent[]
  readonly feedback: readonly LoggedEvent[]
  readonly verifications: readonly LoggedEvent[]
}

/** The figures of a period; see HOW_COUNTED for what each means. */
export function makeFigures(period: Period, counted: Counted, titleOf: (rule: string) => string): Figures {
  const opened = counted.tickets.filter(({ openedAt }) => openedAt >= period.from && openedAt < period.to)
  const resolved = counted.tickets.filter(isResolved)
  const answered = opened.filter(isAnswered)
  return {
    ...period,
    open: counted.open.toSorted((one, other) => one.priority - other.priority || one.level - other.level),
    flow: flowOf(period, opened, resolved),
    firstResponse: timesByPriority(answered.map((ticket) => lengthOf(ticket, ticket.firstResponseAt))),
    unanswered: opened.length - answered.length,
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
    prevention: preventionOf(resolved, counted.verifications),
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

function satisfactionOf(answers: readonly LoggedEvent[]): Satisfaction {
  const given = answers.flatMap(({ body }) => scoreOf(body))
  const sum = given.reduce((all, score) => all + score, 0)
  return {
    count: given.length,
    average: given.length === 0 ? null : Math.round((sum / given.length) * 100) / 100,
    scores: SCORES.map((score) => given.filter((one) => one === score).length),
  }
}

/** The score in an answered request for feedback; none when it is another kind of request or words only. */
function scoreOf(body: LoggedEvent['body']): readonly number[] {
  if (body['kind'] !== 'feedback') return []
  const answer = body['answer']
  const score = typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'score') : undefined
  return SCORES.filter((known) => known === score)
}

function preventionOf(resolved: readonly Resolved[], verifications: readonly LoggedEvent[]): Share {
  const prevented = new Set(
    verifications.filter(({ body }) => hasPrevention(body)).map(({ ticketNumber }) => ticketNumber),
  )
  return shareOf(resolved, ({ number }) => prevented.has(number))
}

function hasPrevention(body: LoggedEvent['body']): boolean {
  const measures = body['prevention']
  return Array.isArray(measures) ? measures.length > 0 : textOf(measures) !== NOT_SAID
}

const NOT_SAID = 'not said'

function textOf(value: unknown): string {
  return typeof value === 'string' && value.trim() !== '' ? value : NOT_SAID
}
