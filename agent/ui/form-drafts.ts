import { randomBytes } from 'node:crypto'
import type { FormDraft, PageSession } from './page-sessions.ts'

/** Most forms that are begun and not sent; the oldest goes first, its files go by themselves after a while. */
const MAX_DRAFTS = 16

/** The draft of a form; a new one when nothing was begun. */
export function draftOf({ drafts }: PageSession, place: string): FormDraft {
  const known = drafts.get(place)
  if (known !== undefined) return known
  const draft: FormDraft = { key: randomBytes(16).toString('base64url'), fields: new Map(), files: [] }
  drafts.set(place, draft)
  for (const oldest of drafts.keys()) {
    if (drafts.size <= MAX_DRAFTS) break
    drafts.delete(oldest)
  }
  return draft
}

/** Keeps what the person typed, as far as it can be sent at all. */
export function keepTyped(draft: FormDraft, form: URLSearchParams, names: readonly string[]): void {
  const typed = names.map((name) => [name, textOf(form.get(name))] as const)
  draft.fields = new Map(typed.filter(([, text]) => text !== ''))
}

/** A text as it is sent: whole characters, the line ends of this protocol, no blanks around it. */
function textOf(text: string | null): string {
  return (text ?? '').toWellFormed().replaceAll(/\r\n?/g, '\n').trim()
}
