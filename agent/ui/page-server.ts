import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer } from 'node:http'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { barePage } from './bare-page.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { MultipartForm } from './multipart.ts'
import { readMultipart } from './multipart.ts'
import type { FormType } from './page-guard.ts'
import { COOKIE, cookieOf, guardProblem, PAGE_HEADERS } from './page-guard.ts'
import type { PageSession, PageSessions } from './page-sessions.ts'
import { peerAccount } from './peer-account.ts'
import { STYLE } from './style.ts'
import type { TextKey } from './texts.ts'

const ADDRESS = '127.0.0.1'
/** All texts of the longest form, in letters of which each takes nine bytes on the way. */
const MAX_FORM_BYTES = 131_072
const TIMEOUT_MS = 10_000

interface PageItself {
  readonly kind: 'page'
  readonly body: Html
  readonly status?: number
  /** Seconds after which the browser loads it again; absent: never. Such a page has a link that ends this. */
  readonly refreshS?: number | undefined
}

/** What a page answers. */
export type PageAnswer =
  | PageItself
  | { readonly kind: 'redirect'; readonly path: string }
  /** Goes to another address, by a GET. */
  | { readonly kind: 'leave'; readonly url: string }
  | { readonly kind: 'file'; readonly name: string; readonly text: string; readonly type?: string }

/** A request that got past the guards. */
export interface PageRequest {
  readonly session: PageSession
  readonly method: 'GET' | 'POST'
  /** Path within the session, e.g. `/requests/crq_…`. */
  readonly path: string
  readonly query: URLSearchParams
  /** Fields of the form; empty for a GET. */
  readonly form: URLSearchParams
  /** The file of the form; null: none, or pages that take none. */
  readonly file: Buffer | null
}

/** What makes the pages of one server differ from those of another. */
export interface PageKind {
  readonly headers: Readonly<Record<string, string>>
  readonly formType: FormType
  readonly maxFormBytes: number
  /** Scripts by path; they are the same for everybody. */
  readonly scripts: ReadonlyMap<string, string>
}

/** Pages without a script and without files. */
const PLAIN_PAGES: PageKind = {
  headers: PAGE_HEADERS,
  formType: 'application/x-www-form-urlencoded',
  maxFormBytes: MAX_FORM_BYTES,
  scripts: new Map(),
}

/** Answers all pages; the server stands in front of it. */
export type Pages = (request: PageRequest) => Promise<PageAnswer>

export interface PageServerOptions {
  readonly sessions: PageSessions
  readonly pages: Pages
  /** Absent: pages without a script and without files. */
  readonly kind?: PageKind
  /** Account of this process; null where there are no numbers. */
  readonly ownAccount: number | null
  readonly onProblem: (problem: string, error?: unknown) => void
}

/** The pages of one person, on this machine's loopback address only (SPEC C23). */
export class PageServer {
  readonly #options: PageServerOptions
  readonly #kind: PageKind
  readonly #server: Server
  #port = 0
  #lastUsedMs = 0

  constructor(options: PageServerOptions) {
    this.#options = options
    this.#kind = options.kind ?? PLAIN_PAGES
    this.#server = createServer({ requestTimeout: TIMEOUT_MS, headersTimeout: TIMEOUT_MS }, (request, response) => {
      this.#lastUsedMs = performance.now()
      for (const [name, value] of Object.entries(this.#kind.headers)) response.setHeader(name, value)
      this.#answer(request, response).catch((error: unknown) => {
        options.onProblem('A page could not be answered', error)
        if (!response.headersSent) this.#sendBare(response, 500, 'problem.internal')
        else response.destroy()
      })
    })
    this.#server.maxConnections = 64
  }

  /** Starts to listen on a random port. */
  async open(): Promise<void> {
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(0, ADDRESS, () => resolve())
    })
    const address = this.#server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
    this.#lastUsedMs = performance.now()
  }

  /** `host:port` under which alone it answers. */
  get host(): string {
    return `${ADDRESS}:${this.#port}`
  }

  get isOpen(): boolean {
    return this.#server.listening
  }

  /** Milliseconds since somebody loaded something. */
  get idleMs(): number {
    return performance.now() - this.#lastUsedMs
  }

  /** A link that opens one page, once. */
  link(path: string, used?: () => void): string {
    return `http://${this.host}/open?token=${this.#options.sessions.issueToken(path, used)}`
  }

  async close(): Promise<void> {
    this.#options.sessions.clear()
    if (!this.#server.listening) return
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    this.#server.closeAllConnections()
    await closed
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = guardProblem(request, this.host, this.#kind.formType)
    if (refusal !== null) return this.#sendBare(response, refusal.status, refusal.text)
    if (!this.#isOwnAccount(request)) return this.#sendBare(response, 403, 'problem.otherAccount')
    const url = new URL(request.url ?? '/', `http://${this.host}`)
    if (url.pathname === '/style.css') return sendText(response, 200, 'text/css; charset=utf-8', STYLE)
    const script = this.#kind.scripts.get(url.pathname)
    if (script !== undefined) return sendText(response, 200, 'text/javascript; charset=utf-8', script)
    if (url.pathname === '/open') return this.#open(response, url.searchParams.get('token') ?? '')
    const [, prefix = '', rest = '/'] = /^\/([A-Za-z0-9_-]{22})(\/.*)$/.exec(url.pathname) ?? []
    const session = this.#options.sessions.find(prefix, cookieOf(request))
    if (session === null) return this.#sendBare(response, 403, 'closed.text')
    const method = request.method === 'POST' ? 'POST' : 'GET'
    const form = method === 'POST' ? await readForm(request, this.#kind) : NO_FORM
    if (form === 'too-long') return this.#sendBare(response, 413, 'problem.tooLong')
    const page = { session, method, path: rest, query: url.searchParams } as const
    sendAnswer(response, await this.#options.pages({ ...page, form: form.fields, file: form.file }), session)
  }

  #sendBare(response: ServerResponse, status: number, text: TextKey): void {
    const title = text === 'closed.text' ? 'closed.title' : 'page.sorry'
    send(response, status, barePage(this.#options.sessions.language, title, text))
  }

  #isOwnAccount({ socket }: IncomingMessage): boolean {
    const { ownAccount } = this.#options
    const peer = ownAccount === null ? null : peerAccount(socket)
    return peer === null || peer === ownAccount || peer === 0
  }

  /**
   * The link's secret becomes a cookie, and the browser goes on to an address without it. It goes on by the page itself: a
   * redirect would still count as begun by whoever opened the link, and then the cookie stays behind (SameSite).
   */
  #open(response: ServerResponse, token: string): void {
    const used = this.#options.sessions.useToken(token)
    if (used === 'gone') return this.#sendBare(response, 410, 'closed.text')
    if (used === null) return this.#sendBare(response, 403, 'closed.text')
    const { session, path } = used
    const to = `/${session.prefix}${path}`
    response.setHeader('set-cookie', `${COOKIE}=${session.cookie}; Path=/${session.prefix}/; HttpOnly; SameSite=Strict`)
    send(
      response,
      200,
      html`<!doctype html><html lang="${session.language}"><head><meta charset="utf-8"><title>AskFirst</title>
<meta http-equiv="refresh" content="0; url=${to}"></head><body><p><a href="${to}">AskFirst</a></p></body></html>`,
    )
  }
}

function sendAnswer(response: ServerResponse, answer: PageAnswer, session: PageSession): void {
  switch (answer.kind) {
    case 'page':
      if (answer.refreshS !== undefined) response.setHeader('refresh', String(answer.refreshS))
      return send(response, answer.status ?? 200, answer.body)
    case 'redirect':
      response.setHeader('location', `/${session.prefix}${answer.path}`)
      return send(response, 303, html``)
    case 'leave':
      response.setHeader('location', answer.url)
      return send(response, 303, html``)
    case 'file':
      response.setHeader('content-disposition', `attachment; filename="${answer.name}"`)
      return sendText(response, 200, `${answer.type ?? 'application/json'}; charset=utf-8`, answer.text)
  }
}

function send(response: ServerResponse, status: number, body: Html): void {
  sendText(response, status, 'text/html; charset=utf-8', body.markup)
}

function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.setHeader('content-type', type)
  response.statusCode = status
  response.end(text)
}

const NO_FORM: MultipartForm = { fields: new URLSearchParams(), file: null }

/** The fields and the file of a form; one that does not have its own form has no fields. */
async function readForm(
  request: IncomingMessage,
  { formType, maxFormBytes }: PageKind,
): Promise<MultipartForm | 'too-long'> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request) {
    if (!Buffer.isBuffer(part)) throw new AskFirstError('INTERNAL', 'A form came as something else than bytes.')
    length += part.length
    if (length > maxFormBytes) return 'too-long'
    parts.push(part)
  }
  const body = Buffer.concat(parts)
  if (formType === 'multipart/form-data') return readMultipart(request.headers['content-type'] ?? '', body) ?? NO_FORM
  return { fields: new URLSearchParams(body.toString('utf8')), file: null }
}
