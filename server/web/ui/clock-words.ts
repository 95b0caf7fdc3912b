/** What a target is about; follows "the time for". */
export const TARGET_WORDS: Readonly<Record<string, string>> = {
  response: 'a first answer',
  update: 'the next update',
  level: 'work at this level',
  resolution: 'a solution',
}

/** Why a ticket goes to somebody else, as a choice. */
export const CRITERION_WORDS: Readonly<Record<string, string>> = {
  'lacks-expertise': 'It needs knowledge that its owner lacks',
  'lacks-privilege': 'It needs rights that its owner lacks',
  'level-limit': 'The time at this level is over',
  'resolution-breach': 'The time for a solution is over',
  persistent: 'The problem comes back',
  complaint: 'The person complained',
  outage: 'Many people are hit (outage)',
}
