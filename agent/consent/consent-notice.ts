import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { CollectorWords, Notice, OpenedHere } from '@askfirst/protocol/notice/notice.ts'
import { makeNotice } from '@askfirst/protocol/notice/notice.ts'
import { translationsOf } from '../collector-words.ts'
import type { LocalPolicy } from '../policy/local-policy.ts'
import { matchCodeOf } from './build-record.ts'
import type { ConsentState, HeldRequest } from './consent-state.ts'
import { longestGrantMs, personalDataUnder } from './narrow-grant.ts'
import type { OfferedCollectors } from './offered-collectors.ts'
import { liftedBlock } from './reports.ts'

/** What a notice is made of beside the request; all of it is this device's own. */
export interface NoticeSurroundings {
  readonly state: ConsentState
  readonly offered: OfferedCollectors
  readonly policy: LocalPolicy
  readonly language: Language
  readonly openedHere: (ticketId: TicketId) => OpenedHere | undefined
}

/**
 * What the person is told of a request under a policy. The technician of an earlier grant, and a report about this one, are
 * named as this device knows them.
 */
export function consentNotice({ request, requestSha256 }: HeldRequest, around: NoticeSurroundings): Notice {
  const { state, offered, policy, language, openedHere } = around
  const replaced = state.grants.find(({ grant }) => grant.grantId === request.replaces?.grantId)
  return makeNotice({
    request,
    language,
    timeZone: ownTimeZone(),
    matchCode: matchCodeOf(requestSha256),
    describe: (id) => wordsOf(offered, id),
    longestMs: longestGrantMs(request, policy),
    personalData: personalDataUnder(request, policy),
    mustReview: policy.review === true,
    earlierTechnician: replaced?.request.technician.name,
    lifted: liftedBlock(state, request),
    openedHere: openedHere(request.ticket.id),
  })
}

/** The time zone of this computer, e.g. `Europe/Berlin`. */
function ownTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

function wordsOf(offered: OfferedCollectors, id: string): CollectorWords | undefined {
  const collector = offered.get(id)
  return collector === undefined ? undefined : { ...collector, translations: translationsOf(id) }
}
