import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { CollectorWords, Notice } from '@askfirst/protocol/notice/notice.ts'
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
}

/**
 * What the person is told of a request under a policy. The technician of an earlier grant, and a report about this one, are
 * named as this device knows them.
 */
export function consentNotice({ request, requestSha256 }: HeldRequest, around: NoticeSurroundings): Notice {
  const { state, offered, policy, language } = around
  const replaced = state.grants.find(({ grant }) => grant.grantId === request.replaces?.grantId)
  return makeNotice({
    request,
    language,
    matchCode: matchCodeOf(requestSha256),
    describe: (id) => wordsOf(offered, id),
    longestMs: longestGrantMs(request, policy),
    personalData: personalDataUnder(request, policy),
    mustReview: policy.review === true,
    earlierTechnician: replaced?.request.technician.name,
    lifted: liftedBlock(state, request),
  })
}

function wordsOf(offered: OfferedCollectors, id: string): CollectorWords | undefined {
  const collector = offered.get(id)
  return collector === undefined ? undefined : { ...collector, translations: translationsOf(id) }
}
