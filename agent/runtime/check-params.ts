import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { fieldProblem } from '@askfirst/protocol/field-problem.ts'
import type { TObject } from 'typebox'
import { Value } from 'typebox/value'

/**
 * Fills in the defaults and checks a collector's parameters against its own schema.
 *
 * @throws AskFirstError PARAMS_INVALID with the first field that is wrong
 */
export function checkParams(schema: TObject, params: unknown): Record<string, unknown> {
  const filled = Value.Default(schema, structuredClone(params))
  if (Value.Check(schema, filled)) return filled as Record<string, unknown> // An object schema was checked.
  const [first] = Value.Errors(schema, filled)
    .map(fieldProblem)
    .filter((problem) => problem !== null)
  const field = first === undefined || first.path === '' ? '/' : first.path
  throw new AskFirstError('PARAMS_INVALID', `The parameter ${field} ${first?.message ?? 'is not valid'}.`, {
    details: { field },
  })
}
