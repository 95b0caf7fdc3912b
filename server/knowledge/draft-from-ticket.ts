import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { oneLine } from '../one-line.ts'
import type { Finding, Ticket } from '../store/entities.ts'
import type { KnowledgeContent } from '../store/knowledge-entities.ts'
import { LONGEST_TEXT, LONGEST_TITLE, MOST_RULES } from './knowledge-limits.ts'

/**
 * What a known problem could say about a ticket: the desk edits it. Confirmed findings decide; where nothing was
 * confirmed, those that nobody dismissed. Names of people are left to the ticket.
 */
export function draftFrom({
  ticket,
  findings,
  entries,
}: {
  readonly ticket: Pick<Ticket, 'title' | 'description'>
  readonly findings: readonly Finding[]
  readonly entries: readonly LogEntry[]
}): KnowledgeContent {
  const confirmed = findings.filter(({ state }) => state === 'confirmed')
  const telling = confirmed.length > 0 ? confirmed : findings.filter(({ state }) => state !== 'dismissed')
  const contents = telling.map(({ content }) => content)
  return {
    title: oneLine(ticket.title, LONGEST_TITLE),
    symptoms: lines([ticket.description, ...contents.map(({ statement }) => statement)]),
    rules: [...new Set(contents.map(({ rule }) => rule))].slice(0, MOST_RULES),
    cause: lines([...textsOf(entries, CONFIRMED_THEORY), ...contents.map(({ probableCause }) => probableCause)]),
    fix: lines(textsOf(entries, DONE_ACTION)),
    prevention: lines([...textsOf(entries, PREVENTION), ...contents.map(({ prevention }) => prevention)]),
  }
}

type Told = (entry: LogEntry) => string | null
type Body = LogEntry['body']

/** What a theory says that was confirmed last. */
const CONFIRMED_THEORY = {
  kind: 'theory.judged',
  about: 'theoryId',
  tell: ({ body }: LogEntry) => (body['verdict'] === 'confirmed' ? textOf(body, 'statement') : null),
}
/** What was carried out, and what came of it. */
const DONE_ACTION = {
  kind: 'action.done',
  about: 'actionId',
  tell: ({ body }: LogEntry) =>
    body['state'] === 'done'
      ? [textOf(body, 'what'), changeOf(body), textOf(body, 'seen')].filter(Boolean).join('. ')
      : null,
}
/** What was written at the fifth step to keep it from coming back. */
const PREVENTION = {
  kind: 'method.step',
  about: 'step',
  tell: ({ body }: LogEntry) => (body['step'] === 'verify' ? measuresOf(body['content']).join('\n') : null),
}

/** What entries of a kind say; of those about the same thing the last one. */
function textsOf(
  entries: readonly LogEntry[],
  { kind, about, tell }: { readonly kind: string; readonly about: string; readonly tell: Told },
): readonly string[] {
  const last = new Map<string, string | null>()
  for (const entry of entries) if (entry.kind === kind) last.set(textOf(entry.body, about), tell(entry))
  return [...last.values()].filter((text) => text !== null)
}

function changeOf(body: Body): string {
  const [before, after] = [textOf(body, 'before'), textOf(body, 'after')]
  return before === '' || after === '' ? '' : `Changed from “${before}” to “${after}”`
}

function measuresOf(content: unknown): readonly string[] {
  const measures: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'measures') : null
  if (!Array.isArray(measures)) return []
  return measures.map((measure: unknown) =>
    typeof measure === 'object' && measure !== null ? fieldOf(measure, 'text') : '',
  )
}

function textOf(body: Body, name: string): string {
  return fieldOf(body, name)
}

function fieldOf(object: object, name: string): string {
  const value: unknown = Reflect.get(object, name)
  return typeof value === 'string' ? value : ''
}

/** Distinct texts, a line each. */
function lines(texts: readonly string[]): string {
  const said = texts.map((text) => text.trim()).filter((text) => text !== '')
  return [...new Set(said)].join('\n').slice(0, LONGEST_TEXT).toWellFormed()
}
