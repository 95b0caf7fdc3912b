import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { isStatedBody } from '../export/log-bodies.ts'
import { AFFECTED_WORDS } from '../people/opened-ticket.ts'
import { PLAYBOOKS } from '../playbooks/index.ts'
import type { Ticket } from '../store/entities.ts'

export interface Question {
  readonly id: string
  readonly text: string
}

/** What the first step asks at every problem. */
const ALWAYS: readonly Question[] = [
  { id: 'what', text: 'What exactly happens?' },
  { id: 'since', text: 'Since when, and how often?' },
  { id: 'changed', text: 'What changed before it began?' },
  { id: 'affected', text: 'Who else is affected?' },
  { id: 'errorText', text: 'What does the error message say?' },
]

/** A symptom with the questions that it adds. */
export interface QuestionSet {
  readonly id: string
  readonly title: string
  readonly questions: readonly Question[]
}

/** The questions of every problem and, by playbook, those that a symptom adds. */
export interface Questions {
  readonly always: readonly Question[]
  readonly bySymptom: readonly QuestionSet[]
}

export const QUESTIONS: Questions = {
  always: ALWAYS,
  bySymptom: PLAYBOOKS.map(({ id, title, questions }) => ({
    id,
    title,
    questions: questions.map((text, at) => ({ id: `${id}.${at + 1}`, text })),
  })),
}

const TEXTS: ReadonlyMap<string, string> = new Map(
  [...ALWAYS, ...QUESTIONS.bySymptom.flatMap(({ questions }) => questions)].map(({ id, text }) => [id, text]),
)

/** The words of a question; null when there is none of this id. */
export function questionText(id: string): string | null {
  return TEXTS.get(id) ?? null
}

/** What is known before anybody asked: the person's own words from when they opened the ticket, or the desk's text. */
export function knownAnswers(ticket: Ticket, entries: readonly LogEntry[]): Readonly<Record<string, string>> {
  const stated = entries.flatMap(({ body }) =>
    isStatedBody.Check(body) && body.said.kind === 'opened' ? [body.said] : [],
  )
  const [said] = stated
  if (said === undefined) return { what: ticket.description === '' ? ticket.title : ticket.description }
  const answers = {
    what: said.what ?? said.title,
    since: said.since,
    changed: said.changed,
    affected: AFFECTED_WORDS[said.affected],
    errorText: said.errorText,
  }
  return Object.fromEntries(Object.entries(answers).flatMap(([id, text]) => (text === undefined ? [] : [[id, text]])))
}
