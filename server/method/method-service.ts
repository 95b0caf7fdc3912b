import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow } from '../clock.ts'
import type { MethodRecord, MethodStep, StepContent, StepRecord } from '../store/method-entities.ts'
import type { ComparablePair } from './comparison-service.ts'
import { comparablePairs } from './comparison-service.ts'
import type { Questions } from './questions.ts'
import { knownAnswers, QUESTIONS, questionText } from './questions.ts'
import type { StepStanding } from './steps.ts'
import { stepStandings } from './steps.ts'
import type { MeasureSuggestion, TheorySuggestion } from './suggestions.ts'
import { suggestedMeasures, suggestedTheories } from './suggestions.ts'
import type { MethodDeps } from './write-record.ts'
import { doerOf, invalid, knownTicket, openTicket, writeRecord } from './write-record.ts'

/** Entries among which the person's opening stands; it is the second of a ticket that a person opened. */
const OPENING_ENTRIES = 20

/** All that the method's page shows of a ticket. */
export interface MethodState extends Omit<MethodRecord, 'steps' | 'ticketId'> {
  readonly steps: readonly StepStanding[]
  readonly questions: Questions
  /** Answers to the first step's questions that are known already, by question. */
  readonly known: Readonly<Record<string, string>>
  readonly suggestions: readonly TheorySuggestion[]
  readonly measures: readonly MeasureSuggestion[]
  /** Runs that could be compared: the first and the last of each collector. */
  readonly comparable: readonly ComparablePair[]
}

/** What somebody writes at a step: content, or the reason why it is left out. */
export type StepWish =
  | {
      readonly text: string
      readonly answers: readonly { readonly id: string; readonly answer: string }[]
      readonly measures: StepContent['measures']
    }
  | { readonly skipReason: string }

/** The six steps of a ticket: how they stand, and what is written at them. */
export class MethodService {
  readonly #deps: MethodDeps

  constructor(deps: MethodDeps) {
    this.#deps = deps
  }

  /** @throws AskFirstError NOT_FOUND */
  async read(ticketId: TicketId): Promise<MethodState> {
    const { store } = this.#deps
    const ticket = await knownTicket(this.#deps, ticketId)
    const [{ ticketId: _ticketId, ...method }, findings, entries, runs] = await Promise.all([
      store.method.read(ticketId),
      store.findings.listForTicket(ticketId),
      store.log.read(ticketId, 0, OPENING_ENTRIES),
      store.runs.listForTicket(ticketId),
    ])
    return {
      ...method,
      steps: stepStandings({ ticketId, ...method }, ticket),
      questions: QUESTIONS,
      known: knownAnswers(ticket, entries),
      suggestions: suggestedTheories(findings, method),
      measures: suggestedMeasures(findings),
      comparable: comparablePairs(runs, method.comparisons),
    }
  }

  /**
   * Writes at a step as seen at `version` (0: nothing was written yet).
   *
   * @throws AskFirstError NOT_FOUND; INVALID_REQUEST when nothing is said or a question is not known; CONFLICT when
   *   somebody wrote meanwhile or the ticket is closed
   */
  async writeStep(
    ticketId: TicketId,
    { step, version, wish }: { readonly step: MethodStep; readonly version: number; readonly wish: StepWish },
    actor: Actor,
  ): Promise<StepStanding> {
    const ticket = await openTicket(this.#deps, ticketId)
    const record: StepRecord = {
      step,
      ...said(step, wish),
      at: isoNow(this.#deps.clock),
      by: doerOf(actor),
      version: version + 1,
    }
    const body = { step, ...said(step, wish) }
    await writeRecord(this.#deps, { kind: 'step', record }, { ticketId, kind: 'method.step', body, actor })
    const standing = stepStandings(await this.#deps.store.method.read(ticketId), ticket).find(
      (each) => each.step === step,
    )
    return { step, state: standing?.state ?? 'content', record }
  }
}

function said(step: MethodStep, wish: StepWish): Pick<StepRecord, 'content' | 'skipReason'> {
  if ('skipReason' in wish) {
    if (wish.skipReason.trim() === '') throw invalid('skipReason', 'The reason says nothing.')
    return { content: null, skipReason: wish.skipReason.trim() }
  }
  const answers = wish.answers.filter(({ answer }) => answer.trim() !== '').map(asked)
  const content = { text: wish.text.trim(), answers, measures: wish.measures }
  if (step !== 'identify' && answers.length > 0) throw invalid('answers', 'Only the first step asks questions.')
  if (step !== 'verify' && wish.measures.length > 0) throw invalid('measures', 'Measures stand at the fifth step.')
  if (content.text === '' && answers.length === 0 && wish.measures.length === 0)
    throw invalid('text', `Nothing is said at the step ${step}.`)
  return { content, skipReason: null }
}

function asked({ id, answer }: { readonly id: string; readonly answer: string }) {
  const question = questionText(id)
  if (question === null) throw invalid('answers', `There is no question ${id}.`)
  return { id, question, answer: answer.trim() }
}
