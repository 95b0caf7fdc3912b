import type { HistoryEntry } from '../history/history-entry.ts'
import type { CommandResult } from '../local/commands.ts'
import type { AgentCaller } from './agent-caller.ts'

const PAGE = 500
const RECEIPT_PAGE = 50
type Receipt = CommandResult<'history.receipts'>['receipts'][number]

/** The device's record as this process knows it: only what is new is read again, and only when something changed. */
export class AgentRecord {
  readonly #agent: AgentCaller
  #entries: HistoryEntry[] = []
  #count = -1

  constructor(agent: AgentCaller) {
    this.#agent = agent
  }

  /** All entries, up to date. */
  async entries(): Promise<readonly HistoryEntry[]> {
    const { count } = await this.#agent.call('changes.wait', { after: 0, waitMs: 0 })
    if (count === this.#count && this.#entries.length > 0) return this.#entries
    for (;;) {
      const after = this.#entries.at(-1)?.seq ?? 0
      const { entries } = await this.#agent.call('history.read', { after, limit: PAGE })
      this.#entries.push(...entries)
      if (entries.length < PAGE) break
    }
    this.#count = count
    return this.#entries
  }

  /** All signed records that the device keeps. */
  async receipts(): Promise<readonly Receipt[]> {
    const all: Receipt[] = []
    for (;;) {
      const { receipts } = await this.#agent.call('history.receipts', { after: all.length, limit: RECEIPT_PAGE })
      all.push(...receipts)
      if (receipts.length < RECEIPT_PAGE) return all
    }
  }
}
