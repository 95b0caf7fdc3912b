/** Who is killed in a round. */
export type Who = 'server' | 'agent' | 'both'

/**
 * When: `stream` after some acknowledgements, `first-chunk` just after the order came, `run-end` as the end goes out,
 * `consent` as a receipt goes out, `start` while the victim starts again, `resume` just after the reconnect.
 */
export type Moment = 'stream' | 'first-chunk' | 'run-end' | 'consent' | 'start' | 'resume'

export interface Round {
  readonly number: number
  readonly who: Who
  readonly moment: Moment
  /** How many signs of the moment are waited for. */
  readonly count: number
  /** Further wait, in ms. */
  readonly delayMs: number
  /** Rows of each run that is ordered. */
  readonly runs: readonly number[]
}

const MOMENTS: readonly Moment[] = [
  'stream',
  'stream',
  'stream',
  'stream',
  'first-chunk',
  'run-end',
  'consent',
  'start',
  'resume',
]

/** The rounds of a campaign; the same seed gives the same ones. */
export function planRounds(rounds: number, seed: number, whom: readonly Who[]): readonly Round[] {
  const random = mulberry32(seed)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const one = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item => items[upTo(items.length)] as Item // Never empty.
  return Array.from({ length: rounds }, (_, number) => {
    const moment = one(MOMENTS)
    return {
      number,
      who: one(whom),
      moment,
      count: moment === 'stream' ? 1 + upTo(5) : 1,
      delayMs: moment === 'start' ? upTo(900) : upTo(moment === 'stream' ? 60 : 25),
      runs: Array.from({ length: 1 + upTo(3) }, () => 1_000 + upTo(moment === 'run-end' ? 1_000 : 14_000)),
    }
  })
}

/** A small generator of numbers from 0 to 1 that a seed determines (mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
