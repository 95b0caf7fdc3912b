import { setTimeout as sleep } from 'node:timers/promises'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { CommandResult } from '../local/commands.ts'
import { isAhead } from '../local/grant-time.ts'
import type { LocalCaller } from '../local/local-caller.ts'
import { connectLocal } from '../local/local-caller.ts'
import type { AgentCaller } from './agent-caller.ts'
import type { DialogAnswer } from './open/dialog.ts'
import type { PageServer } from './page-server.ts'

type Lists = CommandResult<'requests.list'>

const WAIT_MS = 25_000
const AGAIN_MS = 2_000
/** When a person who said "not now" is asked again, and at least so long before the time is over. */
const REMIND_MS = 10 * 60_000
const LAST_CALL_MS = 2 * 60_000
/** News of a ticket open a window at most so often; meanwhile the pages show them. */
const NEWS_MS = 10 * 60_000
/** Who loaded a page so shortly ago is looking at it: it loads itself again and shows what is new. */
const LOOKING_MS = 15_000
/** With nothing to show and nobody looking, the pages close. */
const IDLE_MS = 15 * 60_000

/** How a person is reached; the ways differ by machine. */
export interface Reach {
  /** Opens a page; false when nothing could show it. */
  open(path: string): Promise<boolean>
  /** Asks by a plain dialog, where there is one. */
  ask(shown: CommandResult<'requests.show'>): Promise<DialogAnswer>
  /** Says one line to whoever started this program. */
  say(line: string): void
}

export interface CompanionOptions {
  readonly runDir: string
  readonly agent: AgentCaller
  readonly server: PageServer
  readonly reach: Reach
  readonly language: Language
  readonly signal: AbortSignal
  /** Started with the desktop: the pages are open only while there is something to show. */
  readonly isBackground: boolean
}

/** Follows the agent and shows the person what needs them: requests, and blocks that were lifted. */
export class Companion {
  readonly #options: CompanionOptions
  /** Requests that were shown, with the number of times. */
  readonly #rounds = new Map<string, number>()
  /**
   * When to ask again, for this process alone: one that is started anew shows every open request at once, so a reminder that is
   * lost comes too early and never too late.
   */
  readonly #reminders = new Map<string, number>()
  /** When a ticket's news last opened a window. */
  readonly #news = new Map<string, number>()
  #isTold = false

  constructor(options: CompanionOptions) {
    this.#options = options
  }

  /** Runs until the signal. An agent that is off or started again is waited for. */
  async run(): Promise<void> {
    const { signal, runDir } = this.#options
    while (!signal.aborted) {
      try {
        await this.#follow(await connectLocal(runDir))
      } catch (error) {
        if (!(error instanceof AskFirstError)) throw error
        if (!this.#isTold && !signal.aborted) this.#options.reach.say(`Waiting for the agent: ${error.message}`)
        this.#isTold = true
      }
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined) // Aborted: the loop ends.
    }
  }

  /** The person wants to be asked again later. */
  remindLater(requestId: RequestId): void {
    this.#reminders.set(requestId, performance.now() + REMIND_MS)
  }

  async #follow(agent: LocalCaller): Promise<void> {
    const { signal } = this.#options
    const stop = () => agent.close()
    signal.addEventListener('abort', stop, { once: true })
    try {
      let count = 0
      while (!signal.aborted) {
        this.#isTold = false
        const lists = await agent.call('requests.list', {})
        this.#show(lists)
        this.#showNews((await agent.call('help.news', {})).tickets)
        await this.#closeWhenIdle(lists)
        count = (await agent.call('changes.wait', { after: count, waitMs: WAIT_MS })).count
      }
    } finally {
      signal.removeEventListener('abort', stop)
      agent.close()
    }
  }

  #show({ pending, reports }: Lists): void {
    for (const request of pending) {
      if (this.#isDue(request)) void this.#bring(request.requestId)
    }
    for (const { reportId, cleared } of reports) {
      if (cleared === undefined || cleared.told || this.#rounds.has(reportId)) continue
      this.#rounds.set(reportId, 1)
      void this.#open('/')
    }
  }

  /** Calmer than a request: nobody waits for an answer within minutes. */
  #showNews(tickets: readonly TicketId[]): void {
    const { server } = this.#options
    const now = performance.now()
    for (const ticketId of tickets) {
      if (server.isOpen && server.idleMs < LOOKING_MS) continue
      if (now - (this.#news.get(ticketId) ?? Number.NEGATIVE_INFINITY) < NEWS_MS) continue
      this.#news.set(ticketId, now)
      void this.#open(`/help/${ticketId}`)
    }
  }

  #isDue({ requestId, deadline }: Lists['pending'][number]): boolean {
    if (!this.#rounds.has(requestId)) return true
    const reminder = this.#reminders.get(requestId)
    if (reminder === undefined) return false
    return performance.now() >= reminder || Date.parse(deadline) - Date.now() < LAST_CALL_MS
  }

  /** Page, else dialog, else a line of text; only one of an account's companions does it. */
  async #bring(requestId: RequestId): Promise<void> {
    const { agent, reach } = this.#options
    const round = this.#rounds.get(requestId) ?? 0
    this.#rounds.set(requestId, round + 1)
    this.#reminders.delete(requestId)
    try {
      if (!(await agent.call('pages.claim', { requestId, round })).claimed) return
      if (await this.#open(`/requests/${requestId}`)) return
      if (await this.#askByDialog(requestId)) return
      reach.say(`Somebody asks to read information from this computer: askfirst-agent approve ${requestId}`)
    } catch (error) {
      if (!(error instanceof AskFirstError)) throw error
      reach.say(`A request could not be shown: ${error.message}`)
    }
  }

  async #open(path: string): Promise<boolean> {
    await this.#options.server.open()
    return this.#options.reach.open(path)
  }

  async #askByDialog(requestId: RequestId): Promise<boolean> {
    const { agent, reach, language } = this.#options
    const shown = await agent.call('requests.show', { requestId, language })
    const answer = await reach.ask(shown)
    const said = { requestId, method: 'dialog', language } as const
    const { textSha256 } = shown
    if (answer === 'allow') await agent.call('requests.approve', { ...said, textSha256 })
    if (answer === 'review') await agent.call('requests.approve', { ...said, textSha256, review: true })
    if (answer === 'deny') await agent.call('requests.deny', said)
    if (answer === 'later') this.remindLater(requestId)
    return answer !== 'none'
  }

  async #closeWhenIdle({ pending, grants }: Lists): Promise<void> {
    const { server, isBackground } = this.#options
    const isNeeded = pending.length > 0 || grants.some((summary) => summary.ended === undefined && !isAhead(summary))
    if (isBackground && !isNeeded && server.isOpen && server.idleMs > IDLE_MS) await server.close()
  }
}
