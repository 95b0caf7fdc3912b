import type { RawBuilder } from 'kysely'
import { sql } from 'kysely'
import type { SqlFlavour } from './flavour.ts'

/** A member of an object in a column of JSON text, as text; both names come from the code. */
export function jsonText(kind: SqlFlavour['kind'], column: string, member: string): RawBuilder<string | null> {
  return kind === 'sqlite'
    ? sql`json_extract(${sql.ref(column)}, ${`$.${member}`})`
    : sql`${readable(column)} ->> ${sql.lit(member)}`
}

/** How many members an array has that is a member of an object in a column of JSON text. */
export function jsonLength(kind: SqlFlavour['kind'], column: string, member: string): RawBuilder<number | null> {
  return kind === 'sqlite'
    ? sql`json_array_length(${sql.ref(column)}, ${`$.${member}`})`
    : sql`json_array_length(${readable(column)} -> ${sql.lit(member)})`
}

/** PostgreSQL reads no JSON with U+0000 in it; an escape of the same length takes its place. */
function readable(column: string) {
  return sql`replace(${sql.ref(column)}, '\\u0000', '\\ufffd')::json`
}
