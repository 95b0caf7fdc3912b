import type { ConsentFacts } from '../store/figure-entities.ts'
import type { ConsentAnswer } from './figures.ts'

/** A grant that ends less than this before what was asked for is not a shorter one: clocks are read at two moments. */
const SLACK_MS = 1_000

/** What became of a request for consent. */
export function consentAnswer(facts: ConsentFacts): ConsentAnswer {
  if (facts.givenCollectors !== null) return isTrimmed(facts) ? 'trimmed' : 'allowed'
  switch (facts.state) {
    case 'refused':
      return 'refused'
    case 'no-answer':
      return 'no-answer'
    case 'withdrawn':
      return 'withdrawn'
    case 'rejected':
      return 'failed'
    default:
      return 'waiting'
  }
}

function isTrimmed({ askedCollectors, askedMs, givenCollectors, validFrom, expiresAt }: ConsentFacts): boolean {
  if ((givenCollectors ?? 0) < askedCollectors) return true
  return validFrom !== null && expiresAt !== null && Date.parse(expiresAt) - Date.parse(validFrom) < askedMs - SLACK_MS
}
