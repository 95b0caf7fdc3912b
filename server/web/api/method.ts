import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { apiGet, apiSend } from './client.ts'
import { logKey } from './log.ts'
import type { Grade } from './types.ts'

/** The six steps, in order. */
export const METHOD_STEPS = ['identify', 'theory', 'test', 'plan', 'verify', 'document'] as const
export type MethodStep = (typeof METHOD_STEPS)[number]

interface Named {
  readonly id: string
  readonly name: string
}

export interface MeasureView {
  readonly text: string
  readonly isDone: boolean
  readonly findingId: string | null
}

export interface StepView {
  readonly step: MethodStep
  readonly state: 'empty' | 'content' | 'skipped'
  readonly version: number
  readonly text: string
  readonly answers: readonly { readonly id: string; readonly question: string; readonly answer: string }[]
  readonly measures: readonly MeasureView[]
  readonly skipReason: string | null
  readonly at: string | null
  readonly by: Named | null
}

export interface QuestionView {
  readonly id: string
  readonly text: string
}

interface TheoryTest {
  readonly text: string
  readonly collector: string | null
}

export interface TheoryView {
  readonly id: string
  readonly statement: string
  readonly likelihood: Grade
  readonly findingIds: readonly string[]
  readonly test: TheoryTest
  readonly verdict: 'open' | 'confirmed' | 'refuted'
  readonly result: string | null
  readonly runId: string | null
  readonly addedAt: string
  readonly addedBy: Named
  readonly judgedAt: string | null
  readonly judgedBy: Named | null
  readonly version: number
}

export interface SuggestionView {
  readonly statement: string
  readonly likelihood: Grade
  readonly findingIds: readonly string[]
  readonly test: TheoryTest
}

export interface ActionView {
  readonly id: string
  readonly what: string
  readonly deviceId: string | null
  readonly why: string | null
  readonly undo: string | null
  readonly risk: Grade
  readonly doer: { readonly kind: 'technician' | 'on-site' | 'person'; readonly name: string }
  readonly needsApproval: boolean
  readonly state: 'planned' | 'asked' | 'approved' | 'declined' | 'done' | 'failed' | 'dropped'
  readonly askId: string | null
  readonly approval: {
    readonly by: 'person' | 'lead'
    readonly name: string
    readonly at: string
    readonly text: string | null
  } | null
  readonly outcome: {
    readonly before: string | null
    readonly after: string | null
    readonly seen: string | null
  } | null
  readonly plannedAt: string
  readonly plannedBy: Named
  readonly endedAt: string | null
  readonly endedBy: Named | null
  readonly version: number
}

export interface ComparisonView {
  readonly id: string
  readonly deviceId: string
  readonly collector: string
  readonly beforeRunId: string
  readonly afterRunId: string
  readonly counts: {
    readonly changed: number
    readonly added: number
    readonly removed: number
    readonly same: number
  }
  readonly lines: readonly {
    readonly change: 'changed' | 'added' | 'removed'
    readonly subject: string
    readonly before: string | null
    readonly after: string | null
  }[]
  readonly isCut: boolean
  readonly at: string
  readonly by: Named
}

export interface ComparablePair {
  readonly deviceId: string
  readonly collector: string
  readonly beforeRunId: string
  readonly afterRunId: string
}

export interface MethodView {
  readonly steps: readonly StepView[]
  readonly questions: readonly (QuestionView & { readonly known: string | null })[]
  readonly symptoms: readonly QuestionSetView[]
  readonly theories: readonly TheoryView[]
  readonly suggestions: readonly SuggestionView[]
  readonly actions: readonly ActionView[]
  readonly comparisons: readonly ComparisonView[]
  readonly measures: readonly { readonly text: string; readonly findingId: string }[]
  readonly comparable: readonly ComparablePair[]
}

export interface QuestionSetView {
  readonly id: string
  readonly title: string
  readonly questions: readonly QuestionView[]
}

export const methodKey = (ticketId: string) => ['method', ticketId] as const

export function useMethod(ticketId: string) {
  return useQuery({
    queryKey: methodKey(ticketId),
    queryFn: ({ signal }) => apiGet<MethodView>(`/api/tickets/${ticketId}/method`, {}, signal),
  })
}

/** One write below a ticket's method. */
export interface MethodWrite {
  readonly method: 'PUT' | 'POST' | 'PATCH'
  /** Below `/api/tickets/:id/method`, e.g. `theories`. */
  readonly path: string
  readonly body: object
}

/** Writes something, then reads the method anew. */
export function useMethodWrite(ticketId: string, onWritten?: (method: MethodView) => void) {
  const readAnew = useReadAnew(ticketId, onWritten)
  return useMutation({
    mutationFn: ({ method, path, body }: MethodWrite) =>
      apiSend(method, `/api/tickets/${ticketId}/method/${path}`, body),
    onSettled: (_answer, error) => readAnew(error),
  })
}

/** Adds what findings suggest as a theory that they confirm: it stands in the log as both. */
export function useConfirmedCause(ticketId: string, onWritten?: (method: MethodView) => void) {
  const readAnew = useReadAnew(ticketId, onWritten)
  const path = `/api/tickets/${ticketId}/method/theories`
  return useMutation({
    mutationFn: async (suggestion: SuggestionView) => {
      const { id, version } = await apiSend<TheoryView>('POST', path, suggestion)
      const verdict = { version, verdict: 'confirmed', result: null, runId: null }
      return apiSend<TheoryView>('PATCH', `${path}/${id}`, verdict)
    },
    onSettled: (_answer, error) => readAnew(error),
  })
}

function useReadAnew(ticketId: string, onWritten?: (method: MethodView) => void) {
  const queries = useQueryClient()
  return async (error: unknown) => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: methodKey(ticketId) }),
      queries.invalidateQueries({ queryKey: logKey(ticketId) }),
    ])
    const fresh = queries.getQueryData<MethodView>(methodKey(ticketId))
    if (error === null && fresh !== undefined) onWritten?.(fresh)
  }
}

/** Where the work stands: the first step that lacks something; null when none does. */
export function currentStep({ steps, theories, actions }: MethodView): MethodStep | null {
  const isEmpty = (step: MethodStep) => steps.some((each) => each.step === step && each.state === 'empty')
  const isSkipped = (step: MethodStep) => steps.some((each) => each.step === step && each.state === 'skipped')
  const has = (verdict: TheoryView['verdict']) => theories.some((theory) => theory.verdict === verdict)
  if (isEmpty('identify')) return 'identify'
  if (!isSkipped('theory') && !has('confirmed') && !has('open') && (isEmpty('theory') || has('refuted')))
    return 'theory'
  if (!isSkipped('test') && !has('confirmed') && (has('open') || isEmpty('test'))) return 'test'
  if (isEmpty('plan') || actions.some(isOpen)) return 'plan'
  return isEmpty('verify') ? 'verify' : null
}

/** Whether something can still become of an action. */
export function isOpen({ state }: ActionView): boolean {
  return state === 'planned' || state === 'asked' || state === 'approved'
}
