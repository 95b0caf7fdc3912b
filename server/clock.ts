import { randomBytes } from 'node:crypto'
import type { Id } from '@askfirst/protocol/ids.ts'
import { makeId } from '@askfirst/protocol/ids.ts'

/** Time and randomness as dependencies, so that tests can hold them. */
export interface Clock {
  /** Unix time in ms. */
  now(): number
}

export const systemClock: Clock = { now: () => Date.now() }

/** The clock's time as ISO 8601 in UTC with milliseconds. */
export function isoNow(clock: Clock): string {
  return new Date(clock.now()).toISOString()
}

/** A new id of the given kind. */
export function newId<Prefix extends string>(prefix: Prefix, clock: Clock): Id<Prefix> {
  return makeId(prefix, clock.now(), randomBytes(10))
}
