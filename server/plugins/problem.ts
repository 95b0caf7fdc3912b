import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { FieldProblem } from '@askfirst/protocol/field-problem.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** An error as the API answers it: RFC 9457 problem details. Programs switch on `code` only. */
export const Problem = Type.Object({
  type: Type.String({ description: 'urn:askfirst:error: and the code' }),
  code: Type.String({ description: 'Stable code of the error table' }),
  title: Type.String({ description: 'Plain text of the code, for people' }),
  status: Type.Integer(),
  detail: Type.String({ description: 'What was tried and what was wrong with it' }),
  instance: Type.String({ description: 'Id of the request, as it stands in the server log' }),
  errors: Type.Optional(Type.Array(Type.Object({ path: Type.String(), message: Type.String() }))),
  details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type Problem = Static<typeof Problem>

export const PROBLEM_TYPE = 'application/problem+json'

/** Builds the problem for a code; `detail` must hold no secret and nothing collected. */
export function problemOf(
  code: ErrorCode,
  input: {
    readonly detail: string
    readonly requestId: string
    readonly fields?: readonly FieldProblem[]
    readonly details?: Readonly<Record<string, unknown>>
  },
): Problem {
  const { status, text } = ERRORS[code]
  return {
    type: `urn:askfirst:error:${code}`,
    code,
    title: text,
    status,
    detail: input.detail,
    instance: input.requestId,
    ...(input.fields === undefined ? {} : { errors: [...input.fields] }),
    ...(input.details === undefined || Object.keys(input.details).length === 0
      ? {}
      : { details: { ...input.details } }),
  }
}
