import type { StepStanding } from '../method/steps.ts'
import { stepStandings, stepTitle } from '../method/steps.ts'
import type { Comparison, Measure, PlannedAction, Theory } from '../store/method-entities.ts'
import type { EditionView } from './edition-view.ts'
import type { Block, Fact } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { timeText } from './report-words.ts'
import { countsText } from './tell-method.ts'

const STATES: Readonly<Record<StepStanding['state'], string>> = {
  empty: 'Nothing was written',
  content: 'Done',
  skipped: 'Left out',
}

/** The six steps: for the desk with all that was written, for the person how each stands. */
export function stepParts({ method, ticket }: ReportInput, view: EditionView): readonly Block[] {
  const standings = stepStandings(method, ticket)
  if (!view.isInternal)
    return [{ kind: 'facts', facts: standings.map(({ step, state }): Fact => [stepTitle(step), STATES[state]]) }]
  return standings.map((standing) => ({
    kind: 'part',
    title: stepTitle(standing.step),
    blocks: [{ kind: 'facts', facts: stepFacts(standing) }],
  }))
}

function stepFacts({ state, record }: StepStanding): readonly Fact[] {
  const { content, skipReason } = record ?? { content: null, skipReason: null }
  return [
    ['State', STATES[state]],
    ...(content?.answers ?? []).map(({ question, answer }): Fact => [question, answer]),
    ...some('Words', content?.text ?? ''),
    ...some('Reason', state === 'skipped' ? skipReason : null),
    ...(record === null ? [] : [['Written', `${timeText(record.at)}, by ${record.by.name}`] as const]),
  ]
}

const VERDICTS: Readonly<Record<Theory['verdict'], string>> = {
  open: 'Not tested to an end',
  confirmed: 'Confirmed',
  refuted: 'Refuted',
}

/** What the desk supposed; it is not for the person, like its notes. */
export function theoryParts({ method, findings }: ReportInput): readonly Block[] {
  return method.theories.map((theory) => ({
    kind: 'part',
    title: theory.statement,
    blocks: [
      {
        kind: 'facts',
        facts: [
          ['Verdict', VERDICTS[theory.verdict]],
          ['Likelihood', theory.likelihood],
          ...some('Test', theory.test.text),
          ...some('The test showed', theory.result),
          ...findings
            .filter(({ id }) => theory.findingIds.includes(id))
            .map(({ content }): Fact => ['Finding', content.statement]),
          ['Supposed', `${timeText(theory.addedAt)}, by ${theory.addedBy.name}`],
          ...(theory.judgedAt === null
            ? []
            : [['Judged', `${timeText(theory.judgedAt)}, by ${theory.judgedBy?.name ?? ''}`] as const]),
        ],
      },
    ],
  }))
}

/** How an action stands, in words. */
export const ACTION_STATES: Readonly<Record<PlannedAction['state'], string>> = {
  planned: 'Planned, not done',
  asked: 'Waits for the person’s yes',
  approved: 'Approved, not done',
  declined: 'Declined, not done',
  done: 'Done',
  failed: 'Tried, did not work',
  dropped: 'Dropped',
}
const DOERS: Readonly<Record<PlannedAction['doer']['kind'], string>> = {
  technician: 'The support desk',
  'on-site': 'Somebody on site',
  person: 'The person',
}

/** Every action with the setting before and after; for the person those about their own device or about none. */
export function actionParts({ method }: ReportInput, view: EditionView): readonly Block[] {
  return method.actions
    .filter(({ deviceId }) => deviceId === null || view.showsDevice(deviceId))
    .map((action) => ({
      kind: 'part',
      title: action.what,
      blocks: [{ kind: 'facts', facts: actionFacts(action, view) }],
    }))
}

function actionFacts(action: PlannedAction, view: EditionView): readonly Fact[] {
  const { doer, approval, outcome, endedAt } = action
  const hasWords = view.isInternal || approval?.by === 'person'
  return [
    ['State', ACTION_STATES[action.state]],
    ['By', view.isInternal ? doer.name : DOERS[doer.kind]],
    ['Risk', action.needsApproval ? `${action.risk}, a major action` : action.risk],
    ...some('Why', view.isInternal ? action.why : null),
    ...some('Way back', action.undo),
    ...(approval === null
      ? []
      : [[approval.by === 'person' ? 'The person said' : 'A lead said', answerText(approval, hasWords)] as const]),
    ...some('Before', outcome?.before ?? null),
    ...some('After', outcome?.after ?? null),
    ...some('Seen', outcome?.seen ?? null),
    ['Planned', timeText(action.plannedAt)],
    ...(endedAt === null ? [] : [['Ended', timeText(endedAt)] as const]),
  ]
}

function answerText({ at, text }: NonNullable<PlannedAction['approval']>, hasWords: boolean): string {
  return text === null || !hasWords ? `at ${timeText(at)}` : `${text} (${timeText(at)})`
}

/** Each collector before and after, and what keeps the problem from coming back. */
export function comparisonParts({ method, findings }: ReportInput, view: EditionView): readonly Block[] {
  const shown = new Set<string>(findings.filter(view.showsFinding).map(({ id }) => id))
  const measures = (method.steps.find(({ step }) => step === 'verify')?.content?.measures ?? []).filter(
    ({ findingId }) => view.isInternal || findingId === null || shown.has(findingId),
  )
  const compared = method.comparisons.filter(({ deviceId }) => view.showsDevice(deviceId))
  return [...compared.map((comparison) => comparisonPart(comparison, view)), ...measureParts(measures)]
}

const CHANGES = { changed: 'Changed', added: 'New', removed: 'Gone' } as const

function comparisonPart({ collector, deviceId, counts, lines, isCut, at }: Comparison, view: EditionView): Block {
  const rows = lines.map(({ change, subject, before, after }) => [CHANGES[change], subject, before ?? '', after ?? ''])
  const rest = counts.changed + counts.added + counts.removed - lines.length
  return {
    kind: 'part',
    title: `${view.collector(collector)} on ${view.device(deviceId)}: ${countsText(counts)}`,
    blocks: [
      {
        kind: 'text',
        text: `Compared at ${timeText(at)}.${isCut ? ' Only the first rows of a long run were compared.' : ''}`,
      },
      ...(rows.length === 0 ? [] : [{ kind: 'table', head: ['Change', 'What', 'Before', 'After'], rows } as const]),
      ...(rest <= 0 ? [] : [{ kind: 'text', text: `And ${rest.toLocaleString('en')} more.` } as const]),
    ],
  }
}

function measureParts(measures: readonly Measure[]): readonly Block[] {
  if (measures.length === 0) return []
  const items = measures.map(({ text, isDone }) => `${text} (${isDone ? 'done' : 'not done'})`)
  return [{ kind: 'part', title: 'Preventive measures', blocks: [{ kind: 'list', items }] }]
}

function some(name: string, text: string | null): readonly Fact[] {
  return text === null || text === '' ? [] : [[name, text]]
}
