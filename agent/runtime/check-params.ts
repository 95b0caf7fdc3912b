import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { fieldProblem } from '@askfirst/protocol/field-problem.ts'
import { withDefaults } from '@askfirst/protocol/with-defaults.ts'
import type { TObject } from 'typebox'
import { Check, Errors } from 'typebox/schema'

/**
 * Fills in the defaults and checks a collector's parameters against its own schema.
 *
 * @throws AskFirstError PARAMS_INVALID with the first field that is wrong
 */
export function checkParams(schema: TObject, params: unknown): Record<string, unknown> {
  const filled = isObject(params) ? withDefaults(schema, structuredClone(params)) : params
  if (Check(schema, filled)) return filled as Record<string, unknown> // An object schema was checked.
  const [first] = Errors(schema, filled)[1]
    .map(fieldProblem)
    .filter((problem) => problem !== null)
  const field = first === undefined || first.path === '' ? '/' : first.path
  throw new AskFirstError('PARAMS_INVALID', `The parameter ${field} ${first?.message ?? 'is not valid'}.`, {
    details: { field },
  })
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
