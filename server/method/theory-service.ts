import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { FindingId, RunId, TheoryId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId } from '../clock.ts'
import type { Theory, TheoryVerdict } from '../store/method-entities.ts'
import type { MethodDeps } from './write-record.ts'
import { doerOf, invalid, MAX_RECORDS, openTicket, writeRecord } from './write-record.ts'

export type NewTheory = Pick<Theory, 'statement' | 'likelihood' | 'findingIds' | 'test'>

export interface Judgement {
  readonly version: number
  readonly verdict: TheoryVerdict
  readonly result: string | null
  readonly runId: RunId | null
}

/** Theories of probable cause. None is ever removed: a refuted one stays, and the next one follows it. */
export class TheoryService {
  readonly #deps: MethodDeps

  constructor(deps: MethodDeps) {
    this.#deps = deps
  }

  /** @throws AskFirstError NOT_FOUND; INVALID_REQUEST when a finding is of another ticket; CONFLICT when it is closed or has too many */
  async add(ticketId: TicketId, wish: NewTheory, actor: Actor): Promise<Theory> {
    const { store, clock } = this.#deps
    await openTicket(this.#deps, ticketId)
    const { theories } = await store.method.read(ticketId)
    if (theories.length >= MAX_RECORDS)
      throw new AskFirstError('CONFLICT', `Ticket ${ticketId} has ${theories.length} theories already.`)
    await this.#checkFindings(ticketId, wish.findingIds)
    const theory: Theory = {
      id: newId('thy', clock),
      ...wish,
      ...{ verdict: 'open', result: null, runId: null, judgedAt: null, judgedBy: null },
      ...{ addedAt: isoNow(clock), addedBy: doerOf(actor), version: 1 },
    }
    const body = { theoryId: theory.id, ...wish }
    await writeRecord(this.#deps, { kind: 'theory', record: theory }, { ticketId, kind: 'theory.added', body, actor })
    return theory
  }

  /**
   * Records what the test of a theory showed. A verdict can change again; each stands in the log.
   *
   * @throws AskFirstError NOT_FOUND; INVALID_REQUEST when the verdict rests on nothing, or on a run that is not an ended
   *   one of the ticket; CONFLICT when somebody judged it meanwhile or the ticket is closed
   */
  async judge(ticketId: TicketId, theoryId: TheoryId, judgement: Judgement, actor: Actor): Promise<Theory> {
    await openTicket(this.#deps, ticketId)
    const known = (await this.#deps.store.method.read(ticketId)).theories.find(({ id }) => id === theoryId)
    if (known === undefined) throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no theory ${theoryId}.`)
    const { version, ...verdict } = judgement
    await this.#checkGrounds(ticketId, known, judgement)
    const theory: Theory = {
      ...known,
      ...verdict,
      ...{ judgedAt: isoNow(this.#deps.clock), judgedBy: doerOf(actor), version: version + 1 },
    }
    const body = { theoryId, statement: known.statement, ...verdict }
    await writeRecord(this.#deps, { kind: 'theory', record: theory }, { ticketId, kind: 'theory.judged', body, actor })
    return theory
  }

  async #checkFindings(ticketId: TicketId, ids: readonly FindingId[]): Promise<void> {
    if (ids.length === 0) return
    const known = new Set((await this.#deps.store.findings.listForTicket(ticketId)).map(({ id }) => id))
    const missing = ids.find((id) => !known.has(id))
    if (missing !== undefined) throw invalid('findingIds', `Ticket ${ticketId} has no finding ${missing}.`)
  }

  async #checkGrounds(ticketId: TicketId, theory: Theory, { verdict, result, runId }: Judgement): Promise<void> {
    if (runId !== null) {
      const run = await this.#deps.store.runs.get(runId)
      if (run === null || run.ticketId !== ticketId || run.endedAt === null)
        throw invalid('runId', `Run ${runId} is no ended run of ticket ${ticketId}.`)
    }
    if (verdict !== 'open' && result === null && runId === null && theory.findingIds.length === 0)
      throw invalid('result', 'A verdict rests on words, a run or a finding.')
  }
}
