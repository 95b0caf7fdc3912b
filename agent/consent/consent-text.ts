import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { LocalPolicy } from '../policy/local-policy.ts'
import type { Collector } from '../runtime/define-collector.ts'
import { matchCodeOf, withdrawalMethod } from './build-record.ts'
import { durationInWords } from './duration-words.ts'
import { longestGrantMs, personalDataUnder } from './narrow-grant.ts'
import type { OfferedCollectors } from './offered-collectors.ts'
import { parametersInWords } from './parameter-words.ts'
import { plainText, quoted, wrapped } from './plain-text.ts'

/** What the text is made of. The words are the agent's own; what the server says stands in quotation marks. */
export interface Notice {
  readonly request: ConsentRequest
  readonly requestSha256: string
  readonly policy: LocalPolicy
  readonly offered: OfferedCollectors
  /** Name under which this device knows the technician of the grant that the request would replace; absent: unknown grant. */
  readonly earlierTechnician?: string | undefined
}

const CANNOT_CONTROL =
  'This program cannot control this computer. It cannot type, click, change settings, install anything, see your screen or run commands that someone sends. It can only read what is listed above.'
const ROLES = { technician: 'technician', lead: 'team lead', admin: 'administrator' } as const

/**
 * The whole text that a person sees before answering: who, why, what, how long, where it goes, how to stop. Its SHA-256
 * stands in the receipt. Lines are at most 78 columns wide, and nothing from the server starts a line or breaks one.
 */
export function consentText(notice: Notice): string {
  const sections = [
    intro(notice),
    who(notice),
    ticket(notice.request),
    ...earlier(notice),
    collectors(notice),
    handling(notice),
    ending(notice),
  ]
  return `${sections.join('\n\n')}\n`
}

function intro({ requestSha256 }: Notice): string {
  return [
    'SOMEONE ASKS TO READ INFORMATION FROM THIS COMPUTER',
    '',
    wrapped('Nothing is read unless you say yes. If you do nothing, the answer is no.'),
    '',
    `Match code: ${matchCodeOf(requestSha256)}`,
    wrapped(
      'Are you on the phone with them? Let them read you their match code. If it is not the same, or they cannot say it, answer no.',
      '  ',
    ),
  ].join('\n')
}

function who({ request }: Notice): string {
  const { technician, organisation } = request
  return [
    'Who asks',
    wrapped(`${quoted(technician.name, 200)}, ${ROLES[technician.role]}`, '  '),
    wrapped(`Organisation: ${quoted(organisation.name, 200)}`, '  '),
    wrapped(`Contact: ${quoted(organisation.contact, 200)}`, '  '),
    wrapped('(Names and contact are as the server of your organisation gives them.)', '  '),
  ].join('\n')
}

function ticket({ ticket: { number, title, openedBy, requester }, purpose }: ConsentRequest): string {
  const opened =
    openedBy === 'requester'
      ? `The person who needs help opened it: ${quoted(requester, 200)}.`
      : `The help desk opened it, for ${quoted(requester, 200)}.`
  return [
    'Why',
    wrapped(`Ticket ${number}: ${quoted(title, 200)}`, '  '),
    wrapped(opened, '  '),
    wrapped(`Purpose: ${quoted(purpose, 1_000)}`, '  '),
  ].join('\n')
}

const REASONS = {
  escalation: 'the ticket goes to someone with more experience',
  reassignment: 'someone else takes over the ticket',
  'more-data': 'more information is needed',
} as const

function earlier({ request: { replaces, technician }, earlierTechnician }: Notice): string[] {
  if (replaces === undefined) return []
  const given =
    earlierTechnician === undefined
      ? `The server speaks of an earlier permission for ${quoted(replaces.technicianName, 200)}; this computer does not know of it.`
      : `You gave an earlier permission to ${quoted(earlierTechnician, 200)}.`
  return [
    [
      'This is a new request',
      wrapped(
        `Reason: ${REASONS[replaces.why]}. ${given} It is not handed on: ${quoted(technician.name, 200)} gets nothing unless you say yes here.`,
        '  ',
      ),
    ].join('\n'),
  ]
}

function collectors({ request, offered }: Notice): string {
  const blocks = request.collectors.map((asked, at) => {
    const collector = offered.get(asked.id)
    return collector === undefined
      ? ''
      : collectorBlock(`${at + 1}. ${collector.title} (${collector.id})`, collector, asked.params)
  })
  return [`What would be read (${request.collectors.length}). You can allow only some of it.`, ...blocks].join('\n\n')
}

function collectorBlock(heading: string, collector: Collector, params: Readonly<Record<string, unknown>>): string {
  return [
    wrapped(heading, '  '),
    wrapped(plainText(collector.tellUser, 600), '     '),
    wrapped(plainText(collector.notRead, 600), '     '),
    ...parametersInWords(collector.params, params).map((line) => wrapped(line, '     ')),
  ].join('\n')
}

/** The server's word, and said as such: a device cannot see what becomes of rows that have left it. */
function keptFor(days: number): string {
  return `${days} ${days === 1 ? 'day' : 'days'}, as your organisation states it. This computer cannot check that.`
}

function handling({ request, policy }: Notice): string {
  const pseudonymise = personalDataUnder(request, policy) === 'pseudonymise'
  const personal = pseudonymise
    ? 'Names of people and computers, e-mail and network addresses and serial numbers are replaced with stand-ins before anything is sent, wherever this program recognises them.'
    : 'Names of people and computers, e-mail and network addresses and serial numbers are sent as they are.'
  return [
    'What happens to it',
    wrapped(`Goes to: ${quoted(request.destination, 300)}`, '  '),
    wrapped(`Kept for: ${keptFor(request.retentionDays)}`, '  '),
    wrapped(
      `Personal data: ${personal} Passwords, keys and tokens are always removed where they are recognised.`,
      '  ',
    ),
    ...(policy.review === true
      ? [wrapped('The rules of this computer want you to look at everything before it is sent.', '  ')]
      : []),
  ].join('\n')
}

function ending({ request, policy }: Notice): string {
  return [
    'How long, and how to stop',
    wrapped(
      `A yes lasts at most ${durationInWords(longestGrantMs(request, policy))} from your answer on. You can choose a shorter time, and you can ask to look at everything before it is sent.`,
      '  ',
    ),
    wrapped(`To stop: ${withdrawalMethod(request)}`, '  '),
    '',
    wrapped(CANNOT_CONTROL),
  ].join('\n')
}
