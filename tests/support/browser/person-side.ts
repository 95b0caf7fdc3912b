import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser, Page } from 'playwright-core'
import { agentCommand } from '../../../scripts/lib/processes.ts'
import { ROOT } from '../repository.ts'
import type { PageTroubles, WebDesk } from './web-desk.ts'
import { watchTroubles } from './web-desk.ts'

const AGENT = `${ROOT}agent/bin/askfirst-agent.mjs`

/** The person at this very machine: the real agent and companion as programs of their own, and a browser for their pages. */
export class PersonSide {
  readonly page: Page
  readonly troubles: PageTroubles
  readonly #dataDir: string
  readonly #programs: readonly Program[]
  readonly #links: Links

  private constructor(page: Page, parts: { dataDir: string; programs: readonly Program[]; links: Links }) {
    this.page = page
    this.troubles = watchTroubles(page)
    this.#dataDir = parts.dataDir
    this.#programs = parts.programs
    this.#links = parts.links
  }

  /** Enrols this machine, which then waits for an admin's approval, starts its agent and opens the person's home page. */
  static async start(browser: Browser, desk: WebDesk): Promise<PersonSide> {
    const dataDir = await mkdtemp(join(tmpdir(), 'askfirst-person-'))
    const wish = { label: 'story', approves: false, maxUses: 1, hours: 1 }
    const { code } = await desk.server.services.enrolment.create(wish, SYSTEM_ACTOR)
    await agentCommand(['enrol', code, '--data', dataDir])
    const agent = startProgram(['run', '--data', dataDir])
    const companion = startProgram(['ui', '--no-open', '--json', '--language', 'en', '--data', dataDir])
    const links = new Links(companion)
    const page = await (await browser.newContext()).newPage()
    const side = new PersonSide(page, { dataDir, programs: [companion, agent], links })
    await side.follow('/')
    return side
  }

  /** Opens the link that the companion gives for a page, as soon as it does. */
  async follow(path: string): Promise<void> {
    await this.page.goto(await this.#links.of(path))
    await this.page.getByRole('heading', { level: 1 }).waitFor()
  }

  /** Path of the next request that the companion brings. */
  request(): Promise<string> {
    return this.#links.next((path) => path.startsWith('/requests/'))
  }

  /** Clicks a button when a person would have read what stands there: the pages take no answer within the first second. */
  async press(name: string | RegExp): Promise<void> {
    await this.page.waitForTimeout(1_200)
    await this.page.getByRole('button', { name }).first().click()
  }

  async close(): Promise<void> {
    for (const program of this.#programs) await program.stop()
    await rm(this.#dataDir, { recursive: true, force: true })
  }
}

type Program = ReturnType<typeof startProgram>

function startProgram(args: readonly string[]) {
  const child = spawn(process.execPath, [AGENT, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })
  return {
    lines,
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** Links that the companion prints, each for one page and one use. */
class Links {
  readonly #links = new Map<string, string>()
  readonly #waiting = new Set<() => void>()

  constructor({ lines }: Program) {
    lines.on('line', (line) => {
      const { url, path } = JSON.parse(line) as { url: string; path: string } // What `--json` prints.
      this.#links.set(path, url)
      for (const wake of this.#waiting) wake()
    })
  }

  async of(path: string): Promise<string> {
    await this.next((known) => known === path)
    const url = this.#links.get(path) ?? ''
    this.#links.delete(path)
    return url
  }

  async next(isWanted: (path: string) => boolean): Promise<string> {
    for (;;) {
      const found = [...this.#links.keys()].find(isWanted)
      if (found !== undefined) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
      this.#waiting.delete(resolve)
    }
  }
}
