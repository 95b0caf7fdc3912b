import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { isStatedBody } from '../export/log-bodies.ts'
import type { EditionView } from './edition-view.ts'
import { text } from './entry-text.ts'
import type { ReportInput } from './report-input.ts'
import { criterionText, targetName } from './tell-clock.ts'

/** Something that a look back measures from, with when it was; null: not recorded. */
export interface Milestones {
  readonly reported: string
  /** When the person first heard from the desk. */
  readonly answered: string | null
  /** When the theory was confirmed that still stands; the first where there are more. */
  readonly causeFound: string | null
  /** When it was resolved last. */
  readonly fixed: string | null
  /** When the person said last that it is fixed, after that. */
  readonly confirmed: string | null
}

/** The milestones of a ticket, out of its log, its clock and its theories. */
export function milestonesOf({ ticket, entries, times, method }: ReportInput): Milestones {
  const judged = method.theories.flatMap(({ verdict, judgedAt }) => (verdict === 'confirmed' ? (judgedAt ?? []) : []))
  const isOver = ticket.state === 'resolved' || ticket.state === 'closed'
  const resolved = entries.findLast((entry) => stateAfter(entry) === 'resolved')
  // Somebody may close it as solved without a word before.
  const closed = ticket.closedAs === 'resolved' || ticket.closedAs === 'confirmed' ? ticket.closedAt : null
  const confirmed = entries.findLast(isYes)
  return {
    reported: times.facts?.openedAt ?? ticket.createdAt,
    answered: times.facts?.answeredAt ?? null,
    causeFound: judged.toSorted()[0] ?? null,
    fixed: isOver ? (resolved?.at ?? closed) : null,
    confirmed: isOver && ticket.confirmed === true ? (confirmed?.at ?? null) : null,
  }
}

/** Something that a look back lists. */
export interface CourseEvent {
  readonly at: string
  readonly what: string
  readonly who: string
}

type EventWords = (entry: LogEntry, view: EditionView) => string | null

const EVENTS: Readonly<Partial<Record<LogKind, EventWords>>> = {
  'ticket.opened': () => 'Reported',
  'ticket.changed': (entry, view) => {
    if (stateAfter(entry) === 'resolved') return 'Resolved'
    const owner = changeOf(entry, 'assigneeId')
    return typeof owner === 'string' ? `Taken by ${view.person(owner)}` : null
  },
  'ticket.reopened': (entry) => `Opened again: ${text(entry, 'reason')}`,
  'ticket.closed': () => 'Closed',
  'clock.breached': (entry) => `The time for ${targetName(text(entry, 'target'))} was over`,
  'escalation.asked': (entry) => {
    const { body } = entry
    return `Escalated from level ${body['fromLevel']} to ${body['toLevel']}, because ${criterionText(text(entry, 'criterion'))}`
  },
  'escalation.accepted': ({ body }) => `Taken over at level ${body['toLevel']}`,
  'escalation.declined': (entry) => `Not taken over: ${text(entry, 'reason')}`,
  'theory.judged': (entry) =>
    text(entry, 'verdict') === 'confirmed' ? `Cause found: ${text(entry, 'statement')}` : null,
  'action.done': (entry) => {
    const ends: Readonly<Record<string, string>> = { done: 'Done', failed: 'Tried, did not work' }
    const end = ends[text(entry, 'state')]
    return end === undefined ? null : `${end}: ${text(entry, 'what')}`
  },
  'person.stated': (entry) => answerText(entry),
  'requester.answered': (entry) => answerText(entry),
}

/** What a ticket went through, in order. */
export function courseOf({ entries, times }: ReportInput, view: EditionView): readonly CourseEvent[] {
  const answered = times.facts?.answeredAt ?? null
  // A ticket that the desk opened was answered by that.
  const first = entries.find(({ at, kind }) => at === answered && FIRST_WORDS.includes(kind))
  return entries.flatMap((entry) => {
    const what = entry === first ? 'First response' : (EVENTS[entry.kind]?.(entry, view) ?? null)
    return what === null ? [] : [{ at: entry.at, what, who: view.who(entry.actor) }]
  })
}

const FIRST_WORDS: readonly LogKind[] = ['message.sent', 'consent.requested']

function answerText(entry: LogEntry): string | null {
  if (isYes(entry)) return 'Confirmed: the person says that it is fixed'
  return answerOf(entry) === false ? 'The person says that it is not fixed' : null
}

function isYes(entry: LogEntry): boolean {
  return answerOf(entry) === true
}

/** What the person said to "is it fixed?", on the device or by their link; null for other entries. */
function answerOf({ kind, body }: LogEntry): boolean | null {
  if (kind === 'requester.answered') return body['fixed'] === true
  return isStatedBody.Check(body) && body.said.kind === 'answer' ? body.said.fixed : null
}

function stateAfter(entry: LogEntry): unknown {
  return changeOf(entry, 'state')
}

/** What a field became. */
function changeOf({ body: { changes } }: LogEntry, field: string): unknown {
  const change: unknown = typeof changes === 'object' && changes !== null ? Reflect.get(changes, field) : null
  return typeof change === 'object' && change !== null ? Reflect.get(change, 'to') : undefined
}
