import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { TellNames } from './tell-names.ts'

const TARGET_NAMES: Readonly<Record<string, string>> = {
  response: 'a first answer',
  update: 'the next word to the person',
  level: 'work at this level',
  resolution: 'a solution',
}

const CRITERIA: Readonly<Record<string, string>> = {
  'level-limit': 'the time at this level is over',
  'resolution-breach': 'the time for a solution is over',
  'lacks-privilege': 'it needs rights that its owner lacks',
  'lacks-expertise': 'it needs knowledge that its owner lacks',
  persistent: 'the problem comes back',
  complaint: 'the person complained',
  outage: 'many people are hit',
}

type ClockKind = 'clock.warned' | 'clock.breached' | 'escalation.asked' | 'escalation.accepted' | 'escalation.declined'

/** How entries of the clock and of escalations are told. How the desk keeps its promises is its own affair. */
export const CLOCK_TELLERS: Readonly<Record<ClockKind, (entry: LogEntry, names: TellNames) => string | null>> = {
  'clock.warned': ({ body }, { view }) =>
    view.isInternal ? `warned that the time for ${targetOf(body)} is nearly over` : null,
  'clock.breached': ({ body }, { view }) =>
    view.isInternal ? `recorded that the time for ${targetOf(body)} is over` : null,
  'escalation.asked': ({ body }, { view }) => {
    const asked = `asked for the ticket to be taken over at level ${body['toLevel']}`
    if (!view.isInternal) return asked
    const { toUserId, criterion } = body
    const whom = typeof toUserId === 'string' ? ` by ${view.person(toUserId)}` : ''
    return `${asked}${whom}, because ${criterionText(String(criterion))}. Hand-over: ${body['summary']}`
  },
  'escalation.accepted': ({ body }) => `took the ticket over at level ${body['toLevel']}`,
  'escalation.declined': ({ body }, { view }) =>
    view.isInternal ? `did not take the ticket over: ${body['reason']}` : null,
}

function targetOf({ target }: LogEntry['body']): string {
  return targetName(String(target))
}

/** What a target is a time for, e.g. "a solution". */
export function targetName(target: string): string {
  return TARGET_NAMES[target] ?? target
}

/** Why a ticket is to go to somebody else, as a clause. */
export function criterionText(criterion: string): string {
  return CRITERIA[criterion] ?? criterion
}
