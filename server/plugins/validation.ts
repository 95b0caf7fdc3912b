import type { FieldProblem } from '@askfirst/protocol/field-problem.ts'
import { fieldProblem } from '@askfirst/protocol/field-problem.ts'
import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** What the compiler below hands to the error plugin. */
export class RequestInvalid extends Error {
  readonly fields: readonly FieldProblem[]

  constructor(fields: readonly FieldProblem[]) {
    super(fields.map((field) => `${field.path === '' ? '/' : field.path} ${field.message}`).join('; '))
    this.name = 'RequestInvalid'
    this.fields = fields
  }
}

const MOST_FIELDS = 10

/**
 * Checks requests with the compiled TypeBox validators that also check the agents' messages. Only query strings are
 * converted and filled with defaults (they are texts by nature); in a body the type must be right. Unknown fields are
 * errors, as the schemas say.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema)
  return (value: unknown) => {
    const candidate = httpPart === 'querystring' ? validator.Default(validator.Convert(value)) : value
    if (validator.Check(candidate)) return { value: candidate }
    const fields = validator
      .Errors(candidate)
      .map(fieldProblem)
      .filter((field) => field !== null)
    return { error: new RequestInvalid(fields.slice(0, MOST_FIELDS)) }
  }
}
