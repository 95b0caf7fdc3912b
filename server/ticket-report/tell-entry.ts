import type { LogEntry, LogKind } from '@askfirst/protocol/findings-log.ts'
import { isEndedBody, isSaidBody } from '../export/log-bodies.ts'
import { askWords } from './ask-words.ts'
import { text } from './entry-text.ts'
import { closingText, linkText, mergeText } from './flow-words.ts'
import { choiceText, codeText, rowsText, runStateText, saidText, timeText } from './report-words.ts'
import { CLOCK_TELLERS } from './tell-clock.ts'
import { METHOD_TELLERS } from './tell-method.ts'
import type { Teller, TellNames } from './tell-names.ts'
import { OFFER_TELLERS } from './tell-offers.ts'
import { changeLines } from './ticket-changes.ts'

/**
 * How each kind of entry is told, in one sentence. A new kind does not compile until it is told here, for both
 * editions: whoever adds one decides what of it the person may see.
 */
const TELLERS: Readonly<Record<LogKind, Teller>> = {
  'ticket.opened': () => 'opened the ticket',
  'ticket.changed': (entry, { view }) => {
    const lines = changeLines(entry, view)
    return lines.length === 0 ? null : `changed the ticket: ${lines.join('; ')}`
  },
  'note.added': (entry, { view }) => (view.isInternal ? `noted: ${text(entry, 'text')}` : null),
  'consent.requested': ofRequest((entry, { view }, deviceId) => {
    const code = text(entry, 'matchCode')
    return `asked the person at ${view.device(deviceId)} for permission${code === '' ? '' : `, with the match code ${code}`}`
  }),
  'consent.withdrawn': ofRequest((entry) => WITHDRAWN[text(entry, 'reason')] ?? 'took the request or permission back'),
  'consent.refused': ofRequest((entry, { view }) => {
    const detail = view.isInternal ? text(entry, 'detail') : ''
    return `did not show the request: ${[codeText(text(entry, 'code')), detail].join(' ').trim()}`
  }),
  'consent.receipt': ofRequest((entry) => ANSWERS[text(entry, 'state')] ?? 'answered the request'),
  'consent.revoked': ofRequest(() => 'took the permission back'),
  'consent.reported': ofRequest((entry, { view }) => {
    const reason = text(entry, 'reason')
    const who = view.person(text(entry, 'technicianId'))
    return `reported a request of ${who} as suspicious${reason === '' ? '' : `: ${reason}`}`
  }),
  'report.cleared': (entry, { view }) => {
    if (!view.showsDevice(text(entry, 'deviceId'))) return null
    const lifted = `looked at the report and lifted the block of ${view.person(text(entry, 'technicianId'))}`
    return view.isInternal ? `${lifted}: ${text(entry, 'reason')}` : lifted
  },
  'run.ordered': ofRun((entry, { view }, deviceId) => {
    return `ran ${view.collector(text(entry, 'collector'))} on ${view.device(deviceId)}`
  }),
  'run.accepted': ofRun(() => 'began to read'),
  'run.refused': ofRun((entry) => `refused to read: ${codeText(text(entry, 'code'))}`),
  'run.ended': ofRun((entry, { view }) => {
    if (!isEndedBody.Check(entry.body)) return 'the reading ended'
    const { completeness } = entry.body
    const name = view.collector(text(entry, 'collector'))
    return `${name} ended: ${runStateText(completeness.state)}, ${rowsText(completeness.rows)}`
  }),
  'finding.added': ofFinding((entry) => `found: ${text(entry, 'statement')}`),
  'finding.judged': ofFinding((entry, { view }) => {
    const verdict = text(entry, 'state') === 'confirmed' ? 'confirmed' : 'dismissed'
    // The reason is written for the desk.
    return view.isInternal
      ? `${verdict} the finding ${text(entry, 'rule')}: ${text(entry, 'reason')}`
      : `${verdict} a finding`
  }),
  'person.stated': (entry) =>
    isSaidBody.Check(entry.body) ? saidText(entry.body.said) : 'said something that cannot be shown here',
  'message.sent': (entry) => `wrote to the person: ${text(entry, 'text')}`,
  'attachment.stored': (entry, { view }) => {
    const isByMail = entry.body['messageId'] !== undefined
    if (!isByMail && !view.showsDevice(entry.actor.id)) return null
    const name = text(entry, 'name')
    return `sent a file ${isByMail ? 'by e-mail' : 'of the person'}${name === '' ? '' : `: ${name}`}`
  },
  'ticket.linked': (entry, { view }) => (view.isInternal ? linkText(entry.body) : null),
  'ticket.merged': (entry, { view }) => (view.isInternal ? mergeText(entry.body) : null),
  'ticket.closed': (entry, { view }) => closingText(entry.body, view.isInternal),
  'ticket.reopened': (entry, { view }) =>
    view.isInternal ? `opened the ticket again: ${text(entry, 'reason')}` : 'opened the ticket again',
  ...CLOCK_TELLERS,
  ...OFFER_TELLERS,
  'ask.sent': (entry) => `asked the person: ${askWords(entry.body['ask'])}`,
  // The signed words stand in the statement before it, which the person knows.
  'ask.answered': (entry, { view }) =>
    view.isInternal ? `answered the question: ${choiceText(text(entry, 'choice'))}` : null,
  'appointment.agreed': (entry) => `noted the appointment: ${timeText(text(entry, 'from'))}`,
  'appointment.cancelled': (entry) => `cancelled the appointment of ${timeText(text(entry, 'from'))}`,
  'ask.withdrawn': (entry) =>
    text(entry, 'reason') === 'ticket-closed'
      ? 'took a question to the person back, because the ticket was closed'
      : 'took a question to the person back',
  'requester.wrote': (entry) => `wrote, not signed by a device: ${text(entry, 'text')}`,
  'requester.answered': (entry) => {
    const answer = entry.body['fixed'] === true ? 'it is fixed' : 'it is not fixed'
    return `says, not signed by a device: ${[answer, text(entry, 'text')].filter((part) => part !== '').join('. ')}`
  },
  'requester.decided': (entry) => {
    const answer = [choiceText(text(entry, 'choice')), text(entry, 'text')].filter((part) => part !== '').join(': ')
    return `answered what was asked, not signed by a device: ${answer}`
  },
  'mail.received': (entry) =>
    `wrote an e-mail${MAIL_ROLES[text(entry, 'as')] ?? ''}, sender not verified: ${text(entry, 'text')}`,
  'mail.sent': (entry, { view }) => {
    if (text(entry, 'about') === 'alert' && !view.isInternal) return null
    const to = view.isInternal ? ` to ${text(entry, 'to')}` : ''
    return `sent an e-mail${to}: ${text(entry, 'subject')}`
  },
  // What a mail server refuses is for the desk to mend.
  'mail.failed': (entry, { view }) =>
    view.isInternal ? `could not send an e-mail to ${text(entry, 'to')}: ${text(entry, 'error')}` : null,
  ...METHOD_TELLERS,
  'knowledge.written': (entry, { view }) =>
    // What the desk learns is its own.
    view.isInternal ? `wrote it up as a known problem: ${text(entry, 'title')}` : null,
  'retention.held': (entry, { view }) =>
    view.isInternal ? `put the ticket on legal hold: ${text(entry, 'reason')}` : null,
  'retention.released': (entry, { view }) =>
    view.isInternal ? `ended the legal hold: ${text(entry, 'reason')}` : null,
  // Both may know that it is gone.
  'retention.aged-out': () => 'deleted the rows and files, because the ticket was closed long ago',
  'person.erased': (entry, { view }) =>
    view.isInternal ? `erased the data of a person: ${text(entry, 'reason')}` : 'erased the data of a person',
}

const MAIL_ROLES: Readonly<Record<string, string>> = {
  'on-site': ' as the on-site person',
  stakeholder: ' as a stakeholder',
}

const WITHDRAWN: Readonly<Record<string, string>> = {
  withdrawn: 'took the request or permission back',
  'ticket-closed': 'ended the request or permission, because the ticket was closed',
  reassigned: 'ended the request or permission, because somebody else has the ticket now',
  expired: 'recorded that no answer came in time',
}

const ANSWERS: Readonly<Record<string, string>> = {
  given: 'allowed it, or part of it',
  refused: 'said no',
  'no-answer': 'did not answer in time, which is a no',
}

type DeviceTeller = (entry: LogEntry, names: TellNames, deviceId: string) => string | null

/** For entries about a request: its device is named by the entry, or by the request or grant that the entry names. */
function ofRequest(teller: DeviceTeller): Teller {
  return (entry, names) => {
    const requestId = text(entry, 'requestId') || names.requestOfGrant(text(entry, 'grantId'))
    const deviceId = text(entry, 'deviceId') || names.deviceOfRequest(requestId)
    return names.view.showsDevice(deviceId) ? teller(entry, names, deviceId) : null
  }
}

function ofRun(teller: DeviceTeller): Teller {
  return (entry, names) => {
    const deviceId = text(entry, 'deviceId') || names.deviceOfRun(text(entry, 'runId'))
    return names.view.showsDevice(deviceId) ? teller(entry, names, deviceId) : null
  }
}

function ofFinding(teller: Teller): Teller {
  return (entry, names) => (names.showsFinding(text(entry, 'findingId')) ? teller(entry, names) : null)
}

/** What an entry says, for an edition; null when it is not for it. */
export function tellEntry(entry: LogEntry, names: TellNames): string | null {
  return TELLERS[entry.kind](entry, names)
}
