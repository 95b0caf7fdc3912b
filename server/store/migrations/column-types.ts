/** Names of column types, by dialect. */
export interface ColumnTypes {
  readonly kind: 'sqlite' | 'postgres'
  /** A surrogate key that counts up. */
  readonly key: string
  /** A reference to such a key, or any other large integer. */
  readonly reference: string
  /** Text that sorts by code point, so that instants and ids sort alike everywhere. */
  readonly text: string
  /** 0 or 1. */
  readonly flag: string
  readonly bytes: string
}

export const SQLITE_TYPES: ColumnTypes = {
  kind: 'sqlite',
  key: 'integer primary key autoincrement',
  reference: 'integer',
  text: 'text',
  flag: 'integer',
  bytes: 'blob',
}

export const POSTGRES_TYPES: ColumnTypes = {
  kind: 'postgres',
  key: 'bigint generated always as identity primary key',
  reference: 'bigint',
  text: 'text collate "C"',
  flag: 'integer',
  bytes: 'bytea',
}
