import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { translateSqliteError } from './sqlite-errors.ts'

/** One method to run; `settle` is called after the commit that made it durable. */
export interface Write {
  readonly run: () => Promise<unknown>
  readonly settle: (outcome: Outcome) => void
}
export type Outcome = { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown }

/**
 * Runs methods as one group: one transaction, a savepoint for each, one commit. A method that fails changes nothing and
 * fails alone; when the commit fails, all fail. Outcomes are told after the commit only.
 */
export class WriteGroups {
  readonly #database: DatabaseSync
  readonly #savepoint: StatementSync
  readonly #release: StatementSync
  readonly #undo: StatementSync

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#savepoint = database.prepare('savepoint method')
    this.#release = database.prepare('release method')
    this.#undo = database.prepare('rollback to method')
  }

  async run(group: readonly Write[]): Promise<void> {
    let outcomes: readonly Outcome[]
    try {
      outcomes = await this.#transaction(group)
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('rollback')
      outcomes = group.map(() => ({ ok: false, error: translateSqliteError(error) }))
    }
    for (const [at, write] of group.entries()) {
      const outcome = outcomes[at]
      if (outcome !== undefined) write.settle(outcome)
    }
  }

  async #transaction(group: readonly Write[]): Promise<Outcome[]> {
    this.#database.exec('begin immediate')
    const outcomes: Outcome[] = []
    for (const write of group) outcomes.push(await this.#method(write))
    this.#database.exec('commit')
    return outcomes
  }

  async #method(write: Write): Promise<Outcome> {
    this.#savepoint.run()
    try {
      const result = await write.run()
      this.#release.run()
      return { ok: true, result }
    } catch (error) {
      // A full disk or an I/O error may have rolled the whole transaction back already: then nobody is acknowledged.
      if (!this.#database.isTransaction) throw error
      this.#undo.run()
      this.#release.run()
      return { ok: false, error: translateSqliteError(error) }
    }
  }
}
