import { once } from 'node:events'
import type { OutgoingHttpHeaders } from 'node:http'
import { request } from 'node:http'
import type { AgentCaller } from '@askfirst/agent/ui/agent-caller.ts'
import { AgentRecord } from '@askfirst/agent/ui/agent-record.ts'
import type { Example } from '@askfirst/agent/ui/example-row.ts'
import { PageServer } from '@askfirst/agent/ui/page-server.ts'
import { PageSessions } from '@askfirst/agent/ui/page-sessions.ts'
import { PictureDesk } from '@askfirst/agent/ui/picture/picture-desk.ts'
import { createPages } from '@askfirst/agent/ui/routes.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { expect } from 'vitest'
import type { ChannelParts } from '../unit/agent/local/channel-parts.ts'
import { startParts } from '../unit/agent/local/channel-parts.ts'

export interface PageReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** A browser that has opened the pages: its cookie and where its session is. */
export interface Browser {
  readonly cookie: string
  readonly prefix: string
}

/** The person's pages on a real consent book, with a clock that the test moves. */
export class PageWorld {
  readonly parts: ChannelParts
  readonly language: Language
  readonly server: PageServer
  readonly pictures: PictureDesk
  readonly reminded: string[] = []
  /** What went to the log. */
  readonly logged: string[] = []
  nowMs = 1_000_000
  #failure: { readonly code: ErrorCode; readonly message: string } | null = null
  example: Example = { ok: true, row: { name: 'init', user: 'root' } }

  constructor(ownAccount: number | null = null, language: Language = 'en') {
    const parts = startParts()
    this.parts = parts
    this.language = language
    const agent: AgentCaller = {
      // The handlers are the agent's own; what is left out is the channel between.
      call: (name, args) => {
        if (this.#failure !== null) throw new AskFirstError(this.#failure.code, this.#failure.message)
        return parts.handlers[name](args, { osUser: 'ann', uid: 1_000 })
      },
    }
    const sessions = new PageSessions(() => this.nowMs, language)
    const onProblem = (problem: string, error?: unknown) => {
      throw new Error(problem, { cause: error })
    }
    this.pictures = new PictureDesk({
      ...{ agent, language, ownAccount, onProblem },
      nowMs: () => this.nowMs,
      pagesHost: () => this.server.host,
    })
    this.server = new PageServer({
      ...{ sessions, ownAccount },
      pages: createPages({
        ...{ agent, sessions, pictures: this.pictures, record: new AgentRecord(agent) },
        readExample: async () => this.example,
        remindLater: (requestId) => void this.reminded.push(requestId),
        onProblem: (problem, error) => void this.logged.push(error instanceof Error ? error.message : problem),
      }),
      onProblem,
    })
  }

  /** From now on the agent answers everything with this. */
  fail(failure: { readonly code: ErrorCode; readonly message: string } | null): void {
    this.#failure = failure
  }

  async close(): Promise<void> {
    await this.server.close()
    await this.pictures.close()
    this.parts.disk.dispose()
  }

  /** A request with exactly these headers. */
  async send(method: string, path: string, headers: OutgoingHttpHeaders, body?: string): Promise<PageReply> {
    return sendTo(this.server.host, method, path, { headers, body })
  }

  async browser(path = '/'): Promise<Browser> {
    const reply = await this.send(
      'GET',
      new URL(this.server.link(path)).pathname + new URL(this.server.link(path)).search,
      {},
    )
    return browserOf(reply)
  }

  get({ cookie, prefix }: Browser, path: string): Promise<PageReply> {
    return this.send('GET', prefix + path, { cookie })
  }

  /** Sends a form as the page's own browser does, with the fields of the page it was on. */
  post(browser: Browser, path: string, fields: Readonly<Record<string, string | readonly string[]>>, headers = {}) {
    const own = formHeaders(this.server.host, browser)
    return this.send('POST', browser.prefix + path, { ...own, ...headers }, formBody(fields))
  }

  /** Puts a request of somebody before the person. */
  async asked(change: Parameters<ChannelParts['disk']['request']>[0] = {}) {
    const request = this.parts.disk.request(change)
    expect(await this.parts.disk.book.receive(request)).toEqual({ ok: true })
    return request
  }
}

export function browserOf(reply: PageReply): Browser {
  expect(reply.status).toBe(200)
  const cookie = [reply.headers['set-cookie']].flat()[0]?.split(';')[0] ?? ''
  const prefix = /url=(\/[A-Za-z0-9_-]{22})\//.exec(reply.body)?.[1] ?? ''
  return { cookie, prefix }
}

export function formHeaders(host: string, { cookie }: Browser): OutgoingHttpHeaders {
  return {
    cookie,
    origin: `http://${host}`,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  }
}

export function formBody(fields: Readonly<Record<string, string | readonly string[]>>): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]))
  return new URLSearchParams(pairs).toString()
}

/** The hidden fields of the first form of a page that has a proof. */
export function hiddenOf(body: string, action = ''): Record<string, string> {
  const form = body.split('<form').find((part) => part.includes('name="proof"') && part.includes(action)) ?? ''
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)]
  return Object.fromEntries(fields.map(([, name = '', value = '']) => [name, value]))
}

export async function sendTo(
  host: string,
  method: string,
  path: string,
  { headers, body }: { readonly headers: OutgoingHttpHeaders; readonly body?: string | undefined },
): Promise<PageReply> {
  const [hostname = '', port = ''] = host.split(':')
  const options = { host: hostname, port: Number(port), method, path, agent: false, setHost: false }
  const sent = request({ ...options, headers: { host, ...headers } })
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const piece of response) text += String(piece)
  return { status: response.statusCode, headers: response.headers, body: text }
}
