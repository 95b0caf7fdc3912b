import { AskFirstError } from '@askfirst/protocol/errors.ts'

/** Extended result codes of SQLite (sqlite.org/rescode.html). */
const CONSTRAINT_FOREIGN_KEY = 787
const CONSTRAINT_PRIMARY_KEY = 1555
const CONSTRAINT_UNIQUE = 2067

/** An error of node:sqlite as one of our codes; others stay as they are. */
export function translateSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error
  if (error.errcode === CONSTRAINT_UNIQUE || error.errcode === CONSTRAINT_PRIMARY_KEY) {
    return new AskFirstError('CONFLICT', `A record with the same key is there already: ${error.message}`, {
      cause: error,
    })
  }
  if (error.errcode === CONSTRAINT_FOREIGN_KEY) {
    return new AskFirstError('CONFLICT', `A record that this one refers to is not there: ${error.message}`, {
      cause: error,
    })
  }
  return error
}
