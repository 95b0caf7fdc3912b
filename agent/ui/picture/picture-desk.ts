import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { AgentCaller } from '../agent-caller.ts'
import { PAGE_HEADERS } from '../page-guard.ts'
import type { PageKind } from '../page-server.ts'
import { PageServer } from '../page-server.ts'
import type { FormDraft } from '../page-sessions.ts'
import { PageSessions } from '../page-sessions.ts'
import { pictureAnswer } from './picture-pages.ts'

/** Most pictures' forms at once; the oldest goes first. */
const MAX_VISITS = 16
/** A file that is longer than allowed still arrives, so that the page can say so. */
const MAX_FORM_BYTES = 16_777_216
const SCRIPTS = ['picture-tool.js', 'picture-canvas.js', 'picture-geometry.js'] as const

/** A form's way to the picture tool and back. */
export interface PictureVisit {
  readonly draft: FormDraft
  readonly language: Language
  /** Path of the form at the server of the person's pages. */
  readonly back: string
}

/** Where the pages go for a picture. */
export interface PictureTool {
  /** Address that opens the tool for a form, once. */
  open(visit: PictureVisit): Promise<string>
}

/**
 * The picture tool: a page server of its own, on a port of its own, because it is the one page with a script. It holds a
 * form's pictures and nothing else, and what is not its own origin takes no form from it (decision 0036).
 */
export class PictureDesk implements PictureTool {
  readonly #sessions: PageSessions
  readonly #server: PageServer
  readonly #visits = new Map<string, PictureVisit>()

  constructor(options: {
    readonly agent: AgentCaller
    readonly language: Language
    readonly nowMs: () => number
    readonly ownAccount: number | null
    /** Address of the person's pages, as it is now. */
    readonly pagesHost: () => string
    readonly onProblem: (problem: string, error?: unknown) => void
  }) {
    const { agent, language, nowMs, ownAccount, pagesHost, onProblem } = options
    this.#sessions = new PageSessions(nowMs, language)
    const deps = { agent, sessions: this.#sessions, visit: (key: string) => this.#visits.get(key), pagesHost }
    this.#server = new PageServer({
      ...{ sessions: this.#sessions, ownAccount, onProblem },
      pages: (request) => pictureAnswer(deps, request),
      kind: pictureKind(),
    })
  }

  async open(visit: PictureVisit): Promise<string> {
    await this.#server.open()
    const key = randomBytes(16).toString('base64url')
    this.#visits.set(key, visit)
    for (const oldest of this.#visits.keys()) {
      if (this.#visits.size <= MAX_VISITS) break
      this.#visits.delete(oldest)
    }
    return this.#server.link(`/${key}`)
  }

  /** `host:port` of the tool. */
  get host(): string {
    return this.#server.host
  }

  async close(): Promise<void> {
    this.#visits.clear()
    await this.#server.close()
  }
}

function pictureKind(): PageKind {
  return {
    headers: {
      ...PAGE_HEADERS,
      // Its own scripts and nothing else: no connection but the form's, no markup made by a script.
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    },
    formType: 'multipart/form-data',
    maxFormBytes: MAX_FORM_BYTES,
    scripts: new Map(SCRIPTS.map((name) => [`/${name}`, readFileSync(new URL(`./${name}`, import.meta.url), 'utf8')])),
  }
}
