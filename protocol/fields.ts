import { Type } from 'typebox'

/** An instant as ISO 8601 in UTC with milliseconds, as `Date.prototype.toISOString` writes it. */
export const Instant = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$', maxLength: 24 })

/** A SHA-256 as 64 lower-case hexadecimal digits. */
export const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', maxLength: 64 })

/** A collector's id, e.g. `eventlog.query`. */
export const CollectorId = Type.String({ pattern: '^[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)+$', maxLength: 64 })

/** One line of text that people read. */
export function line(maxLength: number) {
  return Type.String({ minLength: 1, maxLength })
}

/** A whole number from 0 up. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })

/** Values of a collector's parameters; their schema is the collector's own and is checked by the agent. */
export const Params = Type.Record(Type.String({ maxLength: 64 }), Type.Unknown())
