import { AskFirstError } from '@askfirst/protocol/errors.ts'

/** SQLSTATE codes (PostgreSQL documentation, appendix A). */
const UNIQUE_VIOLATION = '23505'
const FOREIGN_KEY_VIOLATION = '23503'
const CHARACTER_NOT_IN_REPERTOIRE = '22021'
const SERIALIZATION_FAILURE = '40001'
const DEADLOCK_DETECTED = '40P01'
/** Classes: connection exception, insufficient resources, operator intervention. */
const UNAVAILABLE_CLASSES: readonly string[] = ['08', '53', '57']

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Whether the same transaction may succeed when it is tried again at once. */
export function isWorthRetrying(error: unknown): boolean {
  const state = stateOf(error)
  return state === SERIALIZATION_FAILURE || state === DEADLOCK_DETECTED
}

/** An error of PostgreSQL or its driver as one of our codes. */
export function translatePostgresError(error: unknown): unknown {
  if (error instanceof AskFirstError || !(error instanceof Error)) return error
  const state = stateOf(error)
  if (state === UNIQUE_VIOLATION)
    return new AskFirstError('CONFLICT', `A record with the same key is there already: ${error.message}`, {
      cause: error,
    })
  if (state === FOREIGN_KEY_VIOLATION)
    return new AskFirstError('CONFLICT', `A record that this one refers to is not there: ${error.message}`, {
      cause: error,
    })
  if (state === CHARACTER_NOT_IN_REPERTOIRE) {
    return new AskFirstError('INVALID_REQUEST', 'A text holds the character U+0000, which the store does not keep', {
      cause: error,
    })
  }
  if (UNAVAILABLE_CLASSES.includes(state.slice(0, 2)) || /^E[A-Z]+$/.test(state)) {
    return new AskFirstError('UNAVAILABLE', `The database cannot be reached or takes no more now: ${error.message}`, {
      cause: error,
    })
  }
  return error
}
