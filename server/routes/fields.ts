import { Instant } from '@askfirst/protocol/fields.ts'
import type { TSchema } from 'typebox'
import { Type } from 'typebox'

export const closed = { additionalProperties: false } as const

/** Text for people that an admin or technician types. */
export function text(maxLength: number, minLength = 1) {
  return Type.String({ minLength, maxLength })
}

/** Something or null, in answers and where null means "none". */
export function orNull<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

/** Query of a list: an opaque cursor from `next`, and how many items at most. */
export const pageQuery = {
  after: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
}

/** Answer of a list. */
export function pageOf<Schema extends TSchema>(item: Schema) {
  return Type.Object({ items: Type.Array(item), next: orNull(Type.String()) })
}

/** An answer without a body. */
export const Nothing = Type.Null()

export const InstantOrNull = orNull(Instant)
export const Email = Type.String({ pattern: '^[^\\s@]+@[^\\s@]+$', minLength: 3, maxLength: 254 })
