import type { Actor, LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { AskId } from '@askfirst/protocol/ids.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { oneLine } from '../one-line.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Ticket } from '../store/entities.ts'
import type { RequesterWords } from '../store/requester-store.ts'

/** What somebody says by link. */
export type RequesterSaid =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'answer'; readonly fixed: boolean; readonly text: string }
  | DecidedByLink

/** An answer to a question of the desk; the hash is of the question as the page showed it. */
export interface DecidedByLink {
  readonly kind: 'decided'
  readonly askId: AskId
  readonly askSha256: string
  readonly choice: string
  readonly text: string
}

/** The name is the ticket's; that a link was used, and no device signed, stands beside it. */
export function linkActor({ requesterName }: Ticket): Actor {
  return { kind: 'system', id: 'requester-link', name: `${oneLine(requesterName, 200)} (by link)` }
}

/** What the log keeps of it: kinds of their own, because no device signed it. */
export function entryOf(said: RequesterSaid): Pick<LogEntry, 'kind' | 'body'> {
  if (said.kind === 'reply') return { kind: 'requester.wrote', body: { text: said.text } }
  const text = said.text === '' ? {} : { text: said.text }
  if (said.kind === 'answer') return { kind: 'requester.answered', body: { fixed: said.fixed, ...text } }
  const { askId, askSha256, choice } = said
  return { kind: 'requester.decided', body: { askId, askSha256, choice, ...text } }
}

/** The same words as a device would state them, for what they do to the ticket (SPEC P9). */
export function asStated(said: RequesterSaid): StatementRecord['said'] {
  if (said.kind === 'reply') return { ...said, attachments: [] }
  return said.kind === 'answer' ? { kind: 'answer', fixed: said.fixed } : said
}

/** The answer to a question, as the store keeps it with its entry. */
export function answersOf(said: RequesterSaid, { requesterName }: Ticket, at: string): Pick<RequesterWords, 'answers'> {
  if (said.kind !== 'decided') return {}
  const { askId, choice, text } = said
  return { answers: { askId, choice, text: text === '' ? null : text, osUser: oneLine(requesterName, 200), at } }
}

/** Whether a question was given this very answer by link before; other words to the same choice are another answer. */
export function isAnsweredSo({ answer }: StoredAsk, { choice, text }: DecidedByLink): boolean {
  return answer?.statementId === null && answer.choice === choice && (answer.text ?? '') === text
}
