import type { CollectorLimits, DATA_CATEGORIES, Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Static, TObject } from 'typebox'
import type { CollectorContext } from './collector-context.ts'

/**
 * One collector: a read-only diagnostic compiled into the agent. Everything about it stands in its one declaration;
 * redaction, limits, serialising and sending belong to the runtime.
 */
export interface Collector<
  Params extends TObject = TObject,
  Row extends TObject = TObject,
  Id extends string = string,
> {
  /** Equals the file's name with dots for dashes: `process.list` in `process-list.ts`. */
  readonly id: Id
  /** Counts up when rows or parameters change their meaning. */
  readonly version: number
  readonly title: string
  /** What it reads and may reveal, in plain words; shown word for word by the agent, never sent by the server. */
  readonly tellUser: string
  /** What it does not read. */
  readonly notRead: string
  readonly categories: readonly (typeof DATA_CATEGORIES)[number][]
  readonly platforms: readonly Platform[]
  /** `admin`: some or all facts need an administrator; without it the run says `denied` or names what is missing. */
  readonly privilege: 'user' | 'admin'
  /** Closed object schema; every property has a `default` or is optional, and a `grant` rule (protocol/within.ts). */
  readonly params: Params
  /** Schema of a row, from protocol/results/; text fields that may name someone carry `privacy`. */
  readonly row: Row
  readonly limits: CollectorLimits
  /** Bytes that a usual run sends; a hint for people. */
  readonly typicalBytes: number
  /** Loads the code for a system ahead of the first run; absent: it came with the declaration. */
  prepare?(platform: Platform): Promise<unknown>
  /** Asks for the figures of mounted volumes, for which the host starts a thread ahead; absent: it does not. */
  readonly readsVolumes?: true
  /** Yields rows as the source produces them; ends early when `ctx.signal` aborts. */
  collect(ctx: CollectorContext, params: Static<Params>): AsyncGenerator<Static<Row>, void, undefined>
}

/** Declares a collector; the types of parameters and rows follow from the schemas, and its id stays known to the types. */
export function defineCollector<Params extends TObject, Row extends TObject, const Id extends string>(
  collector: Collector<Params, Row, Id>,
): Collector<Params, Row, Id> {
  return collector
}
