import type { FastifySchemaCompiler } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'

/** One thing that is wrong with a request; `path` is a JSON pointer into the part named by the problem's detail. */
export interface FieldError {
  readonly path: string
  readonly message: string
}

/** What the compiler below hands to the error plugin. */
export class RequestInvalid extends Error {
  readonly fields: readonly FieldError[]

  constructor(fields: readonly FieldError[]) {
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
      .slice(0, MOST_FIELDS)
      .map((error) => ({ path: error.instancePath, message: error.message }))
    return { error: new RequestInvalid(fields) }
  }
}
