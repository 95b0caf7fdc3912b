/** What a compiled schema says of one thing that is wrong, as far as people need it. */
interface SchemaError {
  readonly keyword: string
  readonly instancePath: string
  readonly message: string
  readonly params: object
}

/** One thing that is wrong with a value; `path` is a JSON pointer, empty for the value itself. */
export interface FieldProblem {
  readonly path: string
  readonly message: string
}

/**
 * Says in words what a schema found wrong, so that a person knows what to change. Null for an error that another one of
 * the same list says better: an unknown field is reported by its own path and once more by its parent's.
 */
export function fieldProblem({ keyword, instancePath, message, params }: SchemaError): FieldProblem | null {
  if (keyword === 'additionalProperties') return null
  if (keyword === 'boolean') return { path: instancePath, message: 'is not a field that is known here' }
  const allowed = 'allowedValues' in params && Array.isArray(params.allowedValues) ? params.allowedValues : null
  return { path: instancePath, message: allowed === null ? message : `must be one of ${allowed.join(', ')}` }
}
