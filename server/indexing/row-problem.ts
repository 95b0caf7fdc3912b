import { LIMITS } from '@askfirst/protocol/limits.ts'

/** Gets every text and number of a row, for the search. */
export interface TextSink {
  text(text: string): void
}

/**
 * Says what keeps a parsed row from being shown, or null. A row nested deeper than a message may be cannot be written
 * again without exhausting the stack, and half a character has no place in UTF-8, in the log or in a finding. The same
 * walk hands the row's values to `sink`.
 *
 * @param mayHaveHalves false when the row's JSON has no escape, so that it cannot hold half a character
 */
export function rowProblem(
  row: Readonly<Record<string, unknown>>,
  mayHaveHalves: boolean,
  sink: TextSink | null,
): string | null {
  return objectProblem(row, 1, { mayHaveHalves, sink })
}

interface Walk {
  readonly mayHaveHalves: boolean
  readonly sink: TextSink | null
}

function valueProblem(value: unknown, depth: number, walk: Walk): string | null {
  if (typeof value === 'string') {
    if (walk.mayHaveHalves && !value.isWellFormed()) return 'has half a character'
    walk.sink?.text(value)
    return null
  }
  if (typeof value === 'number') walk.sink?.text(String(value))
  if (typeof value !== 'object' || value === null) return null
  if (depth > LIMITS.maxDepth) return `is nested deeper than ${LIMITS.maxDepth}`
  return Array.isArray(value) ? listProblem(value, depth, walk) : objectProblem(value, depth, walk)
}

function listProblem(list: readonly unknown[], depth: number, walk: Walk): string | null {
  for (const member of list) {
    const problem = valueProblem(member, depth + 1, walk)
    if (problem !== null) return problem
  }
  return null
}

function objectProblem(object: object, depth: number, walk: Walk): string | null {
  // Entries would make a list for each member, which is most of the time that this takes.
  for (const key of Object.keys(object)) {
    if (walk.mayHaveHalves && !key.isWellFormed()) return 'has a name with half a character'
    const problem = valueProblem(Reflect.get(object, key), depth + 1, walk)
    if (problem !== null) return problem
  }
  return null
}
