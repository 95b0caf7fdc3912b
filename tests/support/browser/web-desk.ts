import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { DEFAULT_CONFIG } from '@askfirst/server/config.ts'
import type { RunningServer } from '@askfirst/server/start-server.ts'
import { startServer } from '@askfirst/server/start-server.ts'
import type { Role, User } from '@askfirst/server/store/entities.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { BUNDLED_STORE_THREAD } from '../bundled-store-thread.ts'
import { DeskClient } from './desk-client.ts'

export const PASSWORD = 'four plain words here'

/** What went wrong on a page besides what the test looks at; an orderly page leaves it empty. */
export interface PageTroubles {
  readonly list: string[]
}

/** A real server whose pages are opened in a browser. */
export class WebDesk {
  readonly server: RunningServer
  readonly #directory: string
  readonly #log: string[]

  private constructor(server: RunningServer, directory: string, log: string[]) {
    this.server = server
    this.#directory = directory
    this.#log = log
  }

  static async start(): Promise<WebDesk> {
    const directory = await mkdtemp(join(tmpdir(), 'askfirst-web-'))
    const log: string[] = []
    const logTo = new Writable({
      write(chunk, _encoding, done) {
        log.push(String(chunk))
        done()
      },
    })
    const config = { ...DEFAULT_CONFIG, dataDir: directory, port: 0, agentPort: 0 }
    return new WebDesk(await startServer(config, { logTo, storeThread: BUNDLED_STORE_THREAD }), directory, log)
  }

  get url(): string {
    return this.server.uiUrl
  }

  /** The server's data directory, with its keys. */
  get dataDir(): string {
    return this.#directory
  }

  /** Lines that the server logged so far. */
  get logLines(): readonly string[] {
    return this.#log
  }

  /** An account; its e-mail is made of the name unless the name cannot stand in one. */
  user(role: Role, name: string, mailbox = name.toLowerCase().replaceAll(' ', '.')): Promise<User> {
    const account = { email: `${mailbox}@example.test`, name, password: PASSWORD }
    return this.server.services.users.create(account, role, SYSTEM_ACTOR)
  }

  /** The API as a script of this user sees it. */
  client(user: User): Promise<DeskClient> {
    return DeskClient.signIn(this.url, user.email, PASSWORD)
  }

  /**
   * A page in a profile of its own, signed in as the user, with what went wrong on it. The profile signs in by a call: the
   * page that asks for the password has tests of its own, and to draw it before each other page takes half of their time.
   */
  async open(
    browser: Browser,
    user: User,
    options: BrowserContextOptions & { readonly path?: string } = {},
  ): Promise<{ readonly page: Page; readonly troubles: PageTroubles }> {
    const { path = '/', ...profile } = options
    const context = await browser.newContext(profile)
    const account = { email: user.email, password: PASSWORD }
    const signedIn = await context.request.post(`${this.url}/api/session`, {
      headers: { origin: this.url },
      data: account,
    })
    if (!signedIn.ok()) throw new Error(`signing in as ${user.email} was answered ${await signedIn.text()}`)
    const page = await context.newPage()
    const troubles = watchTroubles(page)
    await page.goto(`${this.url}${path}`)
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    return { page, troubles }
  }

  /** Reports of browsers that a page broke the content security policy. */
  get policyReports(): number {
    return this.server.services.policyReports.total
  }

  /**
   * @param expected.policyReports how many a test provoked
   * @throws Error when a page broke the content security policy, though the test did not mean it to
   */
  async close(expected: { readonly policyReports: number } = { policyReports: 0 }): Promise<void> {
    const { policyReports } = this
    await this.server.close()
    await rm(this.#directory, { recursive: true, force: true })
    if (policyReports === expected.policyReports) return
    const lines = this.#log.filter((line) => line.includes('content security policy')).join('')
    throw new Error(`${policyReports} violations of the policy were reported, not ${expected.policyReports}:\n${lines}`)
  }
}

/** Collects script errors, console errors and violations of the content security policy. */
export function watchTroubles(page: Page): PageTroubles {
  const list: string[] = []
  page.on('pageerror', (error) => list.push(`error: ${error.message}`))
  page.on('console', (message) => {
    // Refusals that a page handles (such as "not signed in yet") are logged by the browser all the same.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) list.push(message.text())
  })
  return { list }
}
