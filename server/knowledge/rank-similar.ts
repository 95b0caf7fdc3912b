import type { SharedMark } from '../store/knowledge-entities.ts'

/** Something that looks like a ticket, and why. */
export interface Similar {
  readonly of: SharedMark['of']
  readonly rules: readonly string[]
  /** The most telling first. */
  readonly words: readonly string[]
}

/** A shared rule says more than a shared word: rows proved it. */
const RULE_WEIGHT = 4
/** What the desk wrote up was found worth it. */
const ENTRY_WEIGHT = 1.5
/** One word in common is chance; without a rule there must be so many. */
const LEAST_WORDS = 2
const MOST_WORDS_NAMED = 6

/** The most similar first, at most `limit`; equal ones the newest first. */
export function rankSimilar(marks: readonly SharedMark[], limit: number): readonly Similar[] {
  const found = new Map<string, SharedMark[]>()
  for (const mark of marks) found.set(mark.of.id, [...(found.get(mark.of.id) ?? []), mark])
  return [...found.values()]
    .map(judge)
    .filter(({ similar: { rules, words } }) => rules.length > 0 || words.length >= LEAST_WORDS)
    .toSorted((one, other) => other.score - one.score || other.similar.of.number - one.similar.of.number)
    .slice(0, limit)
    .map(({ similar }) => similar)
}

function judge(marks: readonly SharedMark[]): { readonly score: number; readonly similar: Similar } {
  const [first] = marks
  if (first === undefined) throw new TypeError('Nothing that is shared cannot be judged')
  const telling = marks.toSorted((one, other) => one.tickets - other.tickets)
  const values = (kind: SharedMark['kind']) => telling.filter((mark) => mark.kind === kind).map(({ value }) => value)
  const sum = marks.reduce((score, mark) => score + weightOf(mark), 0)
  return {
    score: first.of.kind === 'entry' ? sum * ENTRY_WEIGHT : sum,
    similar: { of: first.of, rules: values('rule'), words: values('word').slice(0, MOST_WORDS_NAMED) },
  }
}

/** The more tickets have a mark, the less it says. */
function weightOf({ kind, tickets }: SharedMark): number {
  return (kind === 'rule' ? RULE_WEIGHT : 1) / Math.log2(2 + tickets)
}
