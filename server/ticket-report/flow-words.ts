import type { LogEntry } from '@askfirst/protocol/findings-log.ts'

type Body = LogEntry['body']

const CLOSED: Readonly<Record<string, string>> = {
  confirmed: 'closed the ticket: the person says that it is fixed',
  resolved: 'closed the ticket as solved; the person had not answered',
  'no-answer': 'closed the ticket, because no answer came; nobody confirmed that it is fixed',
  duplicate: 'closed the ticket as a duplicate of another one',
  merged: 'closed the ticket, because its work goes on in another one',
  withdrawn: 'closed the ticket, because it was withdrawn',
}

/** How a ticket was closed; the reason is the desk's own. */
export function closingText(body: Body, isInternal: boolean): string {
  const how = CLOSED[textOf(body, 'as')] ?? 'closed the ticket'
  const reason = isInternal ? textOf(body, 'reason') : ''
  return reason === '' ? how : `${how}. Reason: ${reason}`
}

const LINKS: Readonly<Record<string, string>> = {
  related: 'has to do with',
  'duplicate-of': 'is a duplicate of',
  'has-duplicate': 'has as a duplicate',
  'merged-into': 'goes on in',
  'has-merged': 'took over the work of',
}

/** What has to do with what, for the desk alone: other tickets are other people's. */
export function linkText(body: Body): string {
  const link = `this ticket ${LINKS[textOf(body, 'link')] ?? 'has to do with'} #${String(body['number'])}`
  return body['removed'] === true ? `took back that ${link}` : `noted that ${link}`
}

export function mergeText(body: Body): string {
  return `merged ticket #${String(body['number'])} into this one; its log has ${String(body['size'])} entries and ends with ${textOf(body, 'headHash')}`
}

function textOf(body: Body, name: string): string {
  const value = body[name]
  return typeof value === 'string' ? value : ''
}
