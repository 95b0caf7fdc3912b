import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AttachmentId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'

/** A page link works once, and only for so long. */
const TOKEN_MS = 120_000
/** Most browsers that can have the pages open; the oldest goes first. */
const MAX_SESSIONS = 8
const MAX_TOKENS = 32
/** A form that has been open longer has to be loaded again. */
const FORM_MS = 12 * 3_600_000
/** An answer that comes sooner after the page was served was not read: a click that was meant for something else. */
const MIN_READING_MS = 1_000

/** One browser that opened the pages. */
export interface PageSession {
  /** First part of all its paths; the cookie goes nowhere else, also not to other programs on this address. */
  readonly prefix: string
  /** Value of its cookie. */
  readonly cookie: string
  readonly formKey: Buffer
  language: Language
  /** Shown once on the next page. */
  flash: string | null
  /**
   * What the person has marked to leave out, by run. It lives as long as the session, whose cookie and links end with this process
   * too: whoever opens the page anew sees nothing marked, and nothing is sent before they say so.
   */
  readonly marks: Map<string, ReviewMarks>
  /** What the person has typed and added but not sent, by form. */
  readonly drafts: Map<string, FormDraft>
}

/** A form that is filled in: it stays when the person looks at another page, adds a picture or made a mistake. */
export interface FormDraft {
  /** Sent with the form: a form that is sent twice has the key of a draft that is gone. */
  readonly key: string
  fields: ReadonlyMap<string, string>
  readonly files: DraftFile[]
}

/** A file of a form, handed to the agent already. */
export interface DraftFile {
  readonly attachmentId: AttachmentId
  readonly name: string
  readonly bytes: number
}

export interface ReviewMarks {
  readonly rows: Set<number>
  readonly columns: Set<string>
}

export type FormCheck = 'ok' | 'too-soon' | 'invalid'

/** Who may see the pages: single-use links, the sessions that they begin, and the forms that these were given. */
export class PageSessions {
  readonly #nowMs: () => number
  /** In which pages begin. */
  readonly language: Language
  readonly #tokens = new Map<string, { readonly until: number; readonly path: string; readonly used: () => void }>()
  readonly #usedTokens = new Set<string>()
  readonly #sessions = new Map<string, PageSession>()

  /** @param nowMs a clock that nobody can set */
  constructor(nowMs: () => number, language: Language) {
    this.#nowMs = nowMs
    this.language = language
  }

  /** A secret for a link that opens one page, once. */
  issueToken(path: string, used: () => void = () => undefined): string {
    const token = randomBytes(32).toString('base64url')
    this.#tokens.set(token, { until: this.#nowMs() + TOKEN_MS, path, used })
    dropOldest(this.#tokens, MAX_TOKENS)
    return token
  }

  /** Exchanges a token for a session; `gone` when it was used or is too old, null when it never was. */
  useToken(token: string): { readonly session: PageSession; readonly path: string } | 'gone' | null {
    const issued = this.#tokens.get(token)
    if (issued === undefined) return this.#usedTokens.has(token) ? 'gone' : null
    this.#tokens.delete(token)
    this.#usedTokens.add(token)
    if (this.#usedTokens.size > 1_000) this.#usedTokens.clear()
    if (this.#nowMs() > issued.until) return 'gone'
    issued.used()
    return { session: this.#begin(), path: issued.path }
  }

  /** The session of a prefix and a cookie; null unless both fit. */
  find(prefix: string, cookie: string | undefined): PageSession | null {
    const session = this.#sessions.get(prefix)
    if (session === undefined || cookie === undefined) return null
    return sameText(session.cookie, cookie) ? session : null
  }

  /** A form's proof that it was served to this session, for this purpose, at this time. */
  formProof(session: PageSession, scope: string): string {
    const servedAt = Math.floor(this.#nowMs())
    return `${servedAt}.${macOf(session, servedAt, scope)}`
  }

  /** Judges the proof that a form brings back. */
  checkForm(session: PageSession, scope: string, proof: string | undefined): FormCheck {
    const [, time = '', mac = ''] = /^(\d{1,15})\.([A-Za-z0-9_-]{43})$/.exec(proof ?? '') ?? []
    if (mac === '' || !sameText(macOf(session, Number(time), scope), mac)) return 'invalid'
    const age = this.#nowMs() - Number(time)
    if (age > FORM_MS) return 'invalid'
    return age < MIN_READING_MS ? 'too-soon' : 'ok'
  }

  /** Ends all sessions and links. */
  clear(): void {
    this.#tokens.clear()
    this.#sessions.clear()
  }

  #begin(): PageSession {
    const session: PageSession = {
      prefix: randomBytes(16).toString('base64url'),
      cookie: randomBytes(32).toString('base64url'),
      formKey: randomBytes(32),
      language: this.language,
      flash: null,
      marks: new Map(),
      drafts: new Map(),
    }
    this.#sessions.set(session.prefix, session)
    dropOldest(this.#sessions, MAX_SESSIONS)
    return session
  }
}

function macOf({ formKey }: PageSession, servedAt: number, scope: string): string {
  return createHmac('sha256', formKey).update(`${servedAt}\n${scope}`).digest('base64url')
}

function sameText(expected: string, given: string): boolean {
  const [a, b] = [Buffer.from(expected), Buffer.from(given)]
  return a.length === b.length && timingSafeEqual(a, b)
}

function dropOldest(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
