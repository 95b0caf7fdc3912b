import { CollectorId, Count, Instant } from '@askfirst/protocol/fields.ts'
import { ActionId, ComparisonId, DeviceId, FindingId, RunId, TheoryId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Static, TSchema } from 'typebox'
import { Type } from 'typebox'
import type { MethodState } from '../method/method-service.ts'
import type { StepStanding } from '../method/steps.ts'
import { GRADES } from '../store/entities.ts'
import type { Comparison, PlannedAction, Theory } from '../store/method-entities.ts'
import { ACTION_DOERS, ACTION_STATES, METHOD_STEPS, VERDICTS } from '../store/method-entities.ts'
import { closed, InstantOrNull, orNull, text } from './fields.ts'

/** Words of the method: a line, and a text. */
const LINE = 500
const TEXT = 4_000

export const byTicket = Type.Object({ id: TicketId }, closed)
export const Step = Type.Enum([...METHOD_STEPS])
const Grade = Type.Enum([...GRADES])
const Verdict = Type.Enum([...VERDICTS])
const Named = Type.Object({ id: Type.String(), name: Type.String() })
const TextOrNull = orNull(Type.String())

/** A text that somebody may leave out; null and absent are the same. */
export const maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(orNull(schema))
export const words = text(TEXT)
const statement = text(LINE)

const Measure = Type.Object({ text: statement, isDone: Type.Boolean(), findingId: orNull(FindingId) }, closed)

/** What is written at a step as seen at `version`; 0 while nothing was. */
export const StepWrite = Type.Union([
  Type.Object({ version: Count, skipReason: Type.String({ minLength: 3, maxLength: LINE }) }, closed),
  Type.Object(
    {
      version: Count,
      text: Type.Optional(text(TEXT, 0)),
      answers: Type.Optional(
        Type.Array(Type.Object({ id: Type.String({ maxLength: 64 }), answer: text(TEXT, 0) }, closed), {
          maxItems: 32,
        }),
      ),
      measures: Type.Optional(Type.Array(Measure, { maxItems: 32 })),
    },
    closed,
  ),
])
export type StepWrite = Static<typeof StepWrite>

export const NewTheory = Type.Object(
  {
    statement,
    likelihood: Grade,
    findingIds: Type.Optional(Type.Array(FindingId, { maxItems: 32, uniqueItems: true })),
    test: Type.Optional(Type.Object({ text: text(LINE, 0), collector: maybe(CollectorId) }, closed)),
  },
  closed,
)

export const TheoryJudgement = Type.Object(
  { version: Count, verdict: Verdict, result: maybe(words), runId: maybe(RunId) },
  closed,
)

export const NewAction = Type.Object(
  {
    what: statement,
    deviceId: maybe(DeviceId),
    why: maybe(text(1_000)),
    /** How it is taken back. */
    undo: maybe(statement),
    risk: Grade,
    doer: Type.Object({ kind: Type.Enum([...ACTION_DOERS]), name: text(200) }, closed),
    /** One of high risk needs it in any case. */
    needsApproval: Type.Optional(Type.Boolean()),
    /** It is done already, and this came of it; not for one that needs approval. */
    done: Type.Optional(Type.Object({ before: maybe(words), after: maybe(words), seen: maybe(words) }, closed)),
  },
  closed,
)

export const ActionEnding = Type.Object(
  {
    version: Count,
    state: Type.Enum(['done', 'failed', 'dropped']),
    before: maybe(words),
    after: maybe(words),
    seen: maybe(words),
  },
  closed,
)

export const ComparisonOrder = Type.Object({ beforeRunId: RunId, afterRunId: RunId }, closed)

export const StepView = Type.Object({
  step: Step,
  state: Type.Enum(['empty', 'content', 'skipped']),
  /** To be named by whoever writes; 0 while nothing was written. */
  version: Count,
  text: Type.String(),
  answers: Type.Array(Type.Object({ id: Type.String(), question: Type.String(), answer: Type.String() })),
  measures: Type.Array(Type.Object({ text: Type.String(), isDone: Type.Boolean(), findingId: orNull(FindingId) })),
  skipReason: TextOrNull,
  at: InstantOrNull,
  by: orNull(Named),
})

const Test = Type.Object({ text: Type.String(), collector: orNull(CollectorId) })
export const TheoryView = Type.Object({
  id: TheoryId,
  statement: Type.String(),
  likelihood: Grade,
  findingIds: Type.Array(FindingId),
  test: Test,
  verdict: Verdict,
  result: TextOrNull,
  runId: orNull(RunId),
  addedAt: Instant,
  addedBy: Named,
  judgedAt: InstantOrNull,
  judgedBy: orNull(Named),
  version: Count,
})

export const ActionView = Type.Object({
  id: ActionId,
  what: Type.String(),
  deviceId: orNull(DeviceId),
  why: TextOrNull,
  undo: TextOrNull,
  risk: Grade,
  doer: Type.Object({ kind: Type.Enum([...ACTION_DOERS]), name: Type.String() }),
  needsApproval: Type.Boolean(),
  state: Type.Enum([...ACTION_STATES]),
  askId: TextOrNull,
  approval: orNull(
    Type.Object({ by: Type.Enum(['person', 'lead']), name: Type.String(), at: Instant, text: TextOrNull }),
  ),
  outcome: orNull(Type.Object({ before: TextOrNull, after: TextOrNull, seen: TextOrNull })),
  plannedAt: Instant,
  plannedBy: Named,
  endedAt: InstantOrNull,
  endedBy: orNull(Named),
  version: Count,
})

export const ComparisonView = Type.Object({
  id: ComparisonId,
  deviceId: DeviceId,
  collector: CollectorId,
  beforeRunId: RunId,
  afterRunId: RunId,
  counts: Type.Object({ changed: Count, added: Count, removed: Count, same: Count }),
  lines: Type.Array(
    Type.Object({
      change: Type.Enum(['changed', 'added', 'removed']),
      subject: Type.String(),
      before: TextOrNull,
      after: TextOrNull,
    }),
  ),
  isCut: Type.Boolean(),
  at: Instant,
  by: Named,
})

const Question = Type.Object({ id: Type.String(), text: Type.String() })
export const MethodView = Type.Object({
  steps: Type.Array(StepView),
  /** What the first step asks; `known` is what is known before anybody asked. */
  questions: Type.Array(Type.Object({ ...Question.properties, known: TextOrNull })),
  /** What a symptom adds, by playbook. */
  symptoms: Type.Array(Type.Object({ id: Type.String(), title: Type.String(), questions: Type.Array(Question) })),
  theories: Type.Array(TheoryView),
  /** What findings speak for and nobody took up. */
  suggestions: Type.Array(
    Type.Object({ statement: Type.String(), likelihood: Grade, findingIds: Type.Array(FindingId), test: Test }),
  ),
  actions: Type.Array(ActionView),
  comparisons: Type.Array(ComparisonView),
  /** What findings say would keep it from coming back. */
  measures: Type.Array(Type.Object({ text: Type.String(), findingId: FindingId })),
  /** Runs that could be compared: the first and the last of each collector on each device. */
  comparable: Type.Array(
    Type.Object({ deviceId: DeviceId, collector: CollectorId, beforeRunId: RunId, afterRunId: RunId }),
  ),
})

export function stepView({ step, state, record }: StepStanding): Static<typeof StepView> {
  const { text: written = '', answers = [], measures = [] } = record?.content ?? {}
  return {
    step,
    state,
    version: record?.version ?? 0,
    text: written,
    answers: [...answers],
    measures: [...measures],
    skipReason: record?.skipReason ?? null,
    at: record?.at ?? null,
    by: record?.by ?? null,
  }
}

export function theoryView(theory: Theory): Static<typeof TheoryView> {
  return { ...theory, findingIds: [...theory.findingIds] }
}

export function actionView(action: PlannedAction): Static<typeof ActionView> {
  return { ...action }
}

export function comparisonView(comparison: Comparison): Static<typeof ComparisonView> {
  return { ...comparison, lines: [...comparison.lines] }
}

/** The whole method of a ticket as the API shows it. */
export function methodView(method: MethodState): Static<typeof MethodView> {
  return {
    steps: method.steps.map(stepView),
    questions: method.questions.always.map((each) => ({ ...each, known: method.known[each.id] ?? null })),
    symptoms: method.questions.bySymptom.map(({ questions, ...rest }) => ({ ...rest, questions: [...questions] })),
    theories: method.theories.map(theoryView),
    suggestions: method.suggestions.map(({ findingIds, ...rest }) => ({ ...rest, findingIds: [...findingIds] })),
    actions: method.actions.map(actionView),
    comparisons: method.comparisons.map(comparisonView),
    measures: [...method.measures],
    comparable: [...method.comparable],
  }
}
