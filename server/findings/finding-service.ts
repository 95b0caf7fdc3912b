import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId, FindingId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { Finding, LogDraft } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { AnalysisOutput } from './analysis-output.ts'
import { analyseStoredRows } from './stored-rows.ts'
import type { TimedResult } from './ticket-analysis.ts'

export interface FindingDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
}

const RULES_ACTOR: Actor = { kind: 'system', id: 'rules', name: 'AskFirst rules' }

/** Findings of tickets: what rules conclude from rows, and what people think of it. */
export class FindingService {
  readonly #deps: FindingDeps
  /** Devices of tickets whose stored rows are being read again. */
  readonly #reading = new Map<string, Promise<readonly TimedResult[]>>()

  constructor(deps: FindingDeps) {
    this.#deps = deps
  }

  /** Takes what the analysis beside the indexer concluded. Never throws: rows must not wait for findings. */
  async take(output: AnalysisOutput): Promise<void> {
    try {
      if (output.kind === 'results') await this.#record(output.ticketId, output.results)
      else await this.#readAgain(output.ticketId, output.deviceId)
    } catch (error) {
      this.#deps.log.error(
        { err: error, ticketId: output.ticketId },
        'findings could not be recorded; run the rules again',
      )
    }
  }

  async list(ticketId: TicketId): Promise<readonly Finding[]> {
    await this.#ticket(ticketId)
    return this.#deps.store.findings.listForTicket(ticketId)
  }

  /**
   * Runs today's rules again over all stored rows of a ticket and adds what is new.
   *
   * @returns what each rule says: pass, finding, or could not tell and why, by device
   * @throws AskFirstError NOT_FOUND
   */
  async rerun(
    ticketId: TicketId,
  ): Promise<readonly { readonly deviceId: DeviceId; readonly results: readonly TimedResult[] }[]> {
    await this.#ticket(ticketId)
    const runs = await this.#deps.store.runs.listForTicket(ticketId)
    const devices = [...new Set(runs.map(({ deviceId }) => deviceId))]
    return Promise.all(
      devices.map(async (deviceId) => ({ deviceId, results: await this.#readAgain(ticketId, deviceId) })),
    )
  }

  /**
   * Confirms or dismisses a finding.
   *
   * @throws AskFirstError NOT_FOUND when the ticket has no such finding
   */
  async judge(
    ticketId: TicketId,
    findingId: FindingId,
    verdict: {
      readonly state: 'confirmed' | 'dismissed'
      readonly reason: string
      readonly by: { readonly id: UserId; readonly name: string }
    },
  ): Promise<Finding> {
    const found = (await this.list(ticketId)).find(({ id }) => id === findingId)
    if (found === undefined) throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no finding ${findingId}`)
    const { state, reason, by } = verdict
    const body = { findingId, rule: found.content.rule, subject: found.content.subject, state, reason }
    const draft = this.#draft(ticketId, 'finding.judged', { actor: { kind: 'user', id: by.id, name: by.name }, body })
    const judged = await this.#deps.store.findings.judge(findingId, state, by.id, reason, draft)
    if (judged === null) throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no finding ${findingId}`)
    this.#publish(ticketId, [judged])
    return judged
  }

  async #ticket(ticketId: TicketId): Promise<void> {
    if ((await this.#deps.store.tickets.get(ticketId)) === null)
      throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}`)
  }

  #readAgain(ticketId: TicketId, deviceId: DeviceId): Promise<readonly TimedResult[]> {
    const key = `${ticketId}/${deviceId}`
    const reading =
      this.#reading.get(key) ?? this.#readStored(ticketId, deviceId).finally(() => this.#reading.delete(key))
    this.#reading.set(key, reading)
    return reading
  }

  async #readStored(ticketId: TicketId, deviceId: DeviceId): Promise<readonly TimedResult[]> {
    const results = await analyseStoredRows(this.#deps.store, { ticketId, deviceId })
    await this.#record(ticketId, results)
    return results
  }

  async #record(ticketId: TicketId, results: readonly TimedResult[]): Promise<void> {
    const contents = results.filter(({ visible }) => visible).flatMap(({ findings }) => findings)
    if (contents.length === 0) return
    const known = new Set(
      (await this.#deps.store.findings.listForTicket(ticketId)).map(
        ({ content }) => `${content.rule}\n${content.subject}`,
      ),
    )
    const fresh = contents.filter(({ rule, subject }) => !known.has(`${rule}\n${subject}`))
    if (fresh.length === 0) return
    const createdAt = isoNow(this.#deps.clock)
    const findings = fresh.map(
      (content): Finding => ({
        id: newId('fnd', this.#deps.clock),
        ticketId,
        content,
        state: 'open',
        judgedBy: null,
        reason: null,
        createdAt,
      }),
    )
    const drafts = findings.map(({ id, content }) =>
      this.#draft(ticketId, 'finding.added', { actor: RULES_ACTOR, body: { findingId: id, ...content } }),
    )
    this.#publish(ticketId, await this.#deps.store.findings.add(findings, drafts))
  }

  #draft(
    ticketId: TicketId,
    kind: LogDraft['kind'],
    entry: { readonly actor: Actor; readonly body: LogDraft['body'] },
  ): LogDraft {
    return { ticketId, at: isoNow(this.#deps.clock), kind, ...entry }
  }

  #publish(ticketId: TicketId, findings: readonly Finding[]): void {
    for (const { id } of findings) this.#deps.bus.publish({ topic: `ticket/${ticketId}`, kind: 'finding', id })
    if (findings.length === 0) return
    this.#deps.bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
    this.#deps.bus.publish({ topic: 'queue', kind: 'activity', id: ticketId })
  }
}
