import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { MethodName } from '../method-list.ts'
import { CONNECTING, WAITING } from '../sql/connect-reads.ts'
import { openForPointReads } from './database.ts'

type PointRead = Extract<MethodName, 'devices.connecting' | 'devices.waiting'>

/** What a statement of a point read is, whatever its arguments. */
interface AnyQuery {
  readonly text: string
  readonly values: (...args: never[]) => readonly string[]
  readonly result: (row: Readonly<Record<string, unknown>> | undefined) => unknown
}

const QUERIES: Readonly<Record<PointRead, AnyQuery>> = { 'devices.connecting': CONNECTING, 'devices.waiting': WAITING }

/** Whether a method is answered here. */
export function isPointRead(name: MethodName): name is PointRead {
  return Object.hasOwn(QUERIES, name)
}

/**
 * Reads of one record by its key, on the caller's own thread: such a read takes some 20 microseconds, the way to the
 * reader's thread and back ten times that of CPU. In the write-ahead log a reader waits for nobody, and it sees what is
 * committed, as the reader's thread does. Nothing that lists or searches belongs here: it would hold up the loop.
 */
export class PointReads {
  readonly #database: DatabaseSync
  readonly #statements = new Map<PointRead, StatementSync>()

  /** @param file a database that a writer has opened before */
  constructor(file: string) {
    this.#database = openForPointReads(file)
  }

  /** @throws the error of node:sqlite, also when the file is locked just now: it waits for nothing */
  call(name: PointRead, args: readonly unknown[]): unknown {
    const { text, values, result } = QUERIES[name]
    const statement = this.#statements.get(name) ?? this.#prepare(name, text)
    // The interface's own types: `areasFromCalls` passes arguments on untouched.
    return result(statement.get(...values(...(args as never[]))))
  }

  /** May be called again. */
  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #prepare(name: PointRead, text: string): StatementSync {
    const statement = this.#database.prepare(text)
    this.#statements.set(name, statement)
    return statement
  }
}
