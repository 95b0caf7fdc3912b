import { LIMITS } from '@askfirst/protocol/limits.ts'

/**
 * Says what keeps a parsed row from being shown, or null. A row nested deeper than a message may be cannot be written
 * again without exhausting the stack, and half a character has no place in UTF-8, in the log or in a finding.
 */
export function rowProblem(row: Readonly<Record<string, unknown>>): string | null {
  return memberProblem(row, 1)
}

function memberProblem(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'has half a character'
  if (typeof value !== 'object' || value === null) return null
  if (depth > LIMITS.maxDepth) return `is nested deeper than ${LIMITS.maxDepth}`
  for (const [key, member] of Object.entries(value)) {
    const problem = key.isWellFormed() ? memberProblem(member, depth + 1) : 'has a name with half a character'
    if (problem !== null) return problem
  }
  return null
}
