import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Page, PageRequest } from '../entities.ts'

const MAX_LIMIT = 500

/** A bound for lists, held within 1 to `most`. */
export function boundedLimit(limit: number, most = MAX_LIMIT): number {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new AskFirstError('INVALID_REQUEST', `A page needs a limit of at least 1, not ${limit}`)
  return Math.min(limit, most)
}

/**
 * The key that a cursor stands for; null at the start.
 *
 * @throws AskFirstError INVALID_REQUEST when the cursor is not one of ours
 */
export function cursorKey(page: PageRequest): number | null {
  if (page.after === undefined) return null
  const text = Buffer.from(page.after.slice(0, 64), 'base64url').toString('latin1')
  const key = /^k\d{1,15}$/.test(text) ? Number(text.slice(1)) : Number.NaN
  if (!Number.isSafeInteger(key))
    throw new AskFirstError('INVALID_REQUEST', 'The cursor is not one that this server gave', {
      details: { field: 'after' },
    })
  return key
}

/** Cuts the one row too many that tells whether there is a next page. */
export function pageOf<Row extends { readonly id: number }, Item>(
  rows: readonly Row[],
  limit: number,
  toItem: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const next = rows.length > limit && last !== undefined ? Buffer.from(`k${last.id}`).toString('base64url') : null
  return { items: shown.map(toItem), next }
}
