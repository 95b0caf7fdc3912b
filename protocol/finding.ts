import type { Static } from 'typebox'
import { Type } from 'typebox'
import { CollectorId, Count, line } from './fields.ts'
import { RunId } from './ids.ts'

const SEVERITIES = ['critical', 'high', 'medium', 'low', 'information'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Rows that prove a finding: their numbers in the run, from 0. */
export const Evidence = Type.Object(
  { runId: RunId, collector: CollectorId, rows: Type.Array(Count, { maxItems: 100 }), totalRows: Count },
  { additionalProperties: false },
)
export type Evidence = Static<typeof Evidence>

/** What a rule concluded. */
export const FindingContent = Type.Object(
  {
    rule: Type.String({ pattern: '^[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)*$', maxLength: 64 }),
    ruleVersion: Type.Integer({ minimum: 1 }),
    severity: Type.Enum([...SEVERITIES]),
    /** What is the case, in one or two plain sentences. */
    statement: line(600),
    evidence: Type.Array(Evidence, { maxItems: 16 }),
    probableCause: line(600),
    /** What to look at next; `collector` names the one that would show it, when there is one. */
    nextCheck: Type.Object({ text: line(600), collector: Type.Optional(CollectorId) }, { additionalProperties: false }),
    prevention: line(600),
    /** Tells two findings of one rule apart, e.g. the drive or the service it speaks of. */
    subject: Type.String({ maxLength: 255 }),
  },
  { additionalProperties: false },
)
export type FindingContent = Static<typeof FindingContent>
