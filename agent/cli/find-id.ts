import { AskFirstError } from '@askfirst/protocol/errors.ts'

/**
 * Finds the one id that a person means: written out, its beginning, its end, or `latest`.
 *
 * @param ids in the order in which they came
 * @throws AskFirstError NOT_FOUND when none fits, INVALID_REQUEST when more than one does
 */
export function findId<Id extends string>(ids: readonly Id[], meant: string, what: string): Id {
  const newest = ids.at(-1)
  if (meant === 'latest') {
    if (newest === undefined) throw new AskFirstError('NOT_FOUND', `There is no ${what}.`)
    return newest
  }
  const found = [...new Set(ids)].filter((id) => id.startsWith(meant) || (meant.length >= 4 && id.endsWith(meant)))
  const [first, second] = found
  if (first === undefined) throw new AskFirstError('NOT_FOUND', `There is no ${what} "${meant}".`)
  if (second !== undefined)
    throw new AskFirstError(
      'INVALID_REQUEST',
      `"${meant}" can mean more than one ${what}: ${found.slice(0, 5).join(', ')}. Write more of it.`,
    )
  return first
}
