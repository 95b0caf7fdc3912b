import type { Severity } from '@askfirst/protocol/finding.ts'
import type { FindingId } from '@askfirst/protocol/ids.ts'
import type { Finding, Grade } from '../store/entities.ts'
import type { MethodRecord } from '../store/method-entities.ts'

/** A theory that findings speak for and nobody took up yet. */
export interface TheorySuggestion {
  readonly statement: string
  readonly likelihood: Grade
  readonly findingIds: readonly FindingId[]
  readonly test: { readonly text: string; readonly collector: string | null }
}

/** Something that findings say would keep the problem from coming back. */
export interface MeasureSuggestion {
  readonly text: string
  readonly findingId: FindingId
}

const LIKELIHOODS: Readonly<Record<Severity, Grade>> = {
  critical: 'high',
  high: 'high',
  medium: 'medium',
  low: 'low',
  information: 'low',
}
const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'information']

/** Each probable cause once, the worst finding first; a dismissed finding speaks for nothing. */
export function suggestedTheories(
  findings: readonly Finding[],
  { theories }: Pick<MethodRecord, 'theories'>,
): readonly TheorySuggestion[] {
  const taken = new Set(theories.flatMap(({ findingIds }) => findingIds))
  const free = worstFirst(findings).filter(({ id }) => !taken.has(id))
  return [...Map.groupBy(free, ({ content }) => content.probableCause)].flatMap(([statement, of]) => {
    const [worst] = of
    if (worst === undefined) return []
    const { severity, nextCheck } = worst.content
    return [
      {
        statement,
        likelihood: LIKELIHOODS[severity],
        findingIds: of.map(({ id }) => id),
        test: { text: nextCheck.text, collector: nextCheck.collector ?? null },
      },
    ]
  })
}

/** Each prevention once, those of the worst findings first. */
export function suggestedMeasures(findings: readonly Finding[]): readonly MeasureSuggestion[] {
  const by = Map.groupBy(worstFirst(findings), ({ content }) => content.prevention)
  return [...by].flatMap(([text, [first]]) => (first === undefined ? [] : [{ text, findingId: first.id }]))
}

function worstFirst(findings: readonly Finding[]): readonly Finding[] {
  return findings
    .filter(({ state }) => state !== 'dismissed')
    .toSorted((one, other) => ORDER.indexOf(one.content.severity) - ORDER.indexOf(other.content.severity))
}
