import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { DATA_CATEGORIES } from '@askfirst/protocol/catalogue-entry.ts'
import type { ConsentRecord, Grant, RevocationRecord } from '@askfirst/protocol/consent-record.ts'
import type { ReceiptId } from '@askfirst/protocol/ids.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { withdrawalMethod } from '@askfirst/protocol/notice/notice.ts'
import { instant } from './agent-clock.ts'
import type { Answerer } from './consent-events.ts'
import type { HeldGrant, HeldRequest } from './consent-state.ts'
import type { OfferedCollectors } from './offered-collectors.ts'

/** What became of a request, as it goes into the record. */
export interface Decided {
  readonly receiptId: ReceiptId
  readonly decision: ConsentRecord['decision']
  readonly atIso: string
  /** Text that was shown, or would have been shown had anyone looked. */
  readonly text: string
  readonly language: Language
  /** Account of who answered; absent when nobody did. */
  readonly osUser?: string | undefined
}

/** The consent record (ISO/IEC TS 27560 structure) of a decision; its canonical JSON is what the device signs. */
export function buildConsentRecord(held: HeldRequest, decided: Decided, offered: OfferedCollectors): ConsentRecord {
  const { request } = held
  const collectors = decided.decision.grant?.collectors ?? request.collectors
  return {
    header: { schema: 'askfirst.consent-record.v1', recordId: decided.receiptId, requestId: request.requestId },
    processing: {
      notice: {
        textSha256: sha256Hex(decided.text),
        language: decided.language,
        requestSha256: held.requestSha256,
        matchCode: matchCodeOf(held.requestSha256),
      },
      purpose: request.purpose,
      ticketId: request.ticket.id,
      dataCategories: categoriesOf(collectors, offered),
      collectionMethod: 'collectors named in the request, read-only, on the device',
      storage: { destination: request.destination, retentionDays: request.retentionDays },
      withdrawalMethod: withdrawalMethod(request.requestId, decided.language),
    },
    parties: {
      principal: { deviceId: request.deviceId, ...(decided.osUser === undefined ? {} : { osUser: decided.osUser }) },
      controller: request.organisation,
      recipient: request.technician,
    },
    events: eventsOf(held, decided),
    decision: decided.decision,
  }
}

/** The record that a person took a grant back at `at`. */
export function buildRevocationRecord(
  { grant, receiptId }: HeldGrant,
  revoked: { at: string; by: Answerer; reason: string | undefined },
): RevocationRecord {
  const { grantId, ticketId, deviceId } = grant
  const { osUser, method } = revoked.by
  const reason = revoked.reason ? { reason: revoked.reason } : {}
  return {
    schema: 'askfirst.revocation-record.v1',
    grantId,
    receiptId,
    ticketId,
    deviceId,
    at: revoked.at,
    osUser,
    method,
    ...reason,
  }
}

/** When a decision counts as made: with the beginning of its grant, to the millisecond, unless that was given ahead. */
export function decidedAt(grant: Grant | undefined, nowMs: number): string {
  return instant(Math.min(grant === undefined ? nowMs : Date.parse(grant.validFrom), nowMs))
}

/** SHA-256 of a request's canonical JSON; null when it has none and so equals nothing that was taken in before. */
export function requestHash(request: ConsentRequest): string | null {
  try {
    return sha256Hex(canonicalJson(request))
  } catch {
    return null
  }
}

/** The four characters that both sides show. */
export function matchCodeOf(requestSha256: string): string {
  return matchCode(Buffer.from(requestSha256, 'hex'))
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function categoriesOf(
  collectors: ConsentRequest['collectors'],
  offered: OfferedCollectors,
): (typeof DATA_CATEGORIES)[number][] {
  return [...new Set(collectors.flatMap(({ id }) => offered.get(id)?.categories ?? []))].sort()
}

function eventsOf(held: HeldRequest, decided: Decided): ConsentRecord['events'] {
  const shown: ConsentRecord['events'] = held.shownAt === undefined ? [] : [{ event: 'shown', at: held.shownAt }]
  const end = decided.decision.state === 'no-answer' ? 'expired' : 'answered'
  return [
    { event: 'requested', at: held.request.askedAt },
    { event: 'received', at: held.receivedAt },
    ...shown,
    { event: end, at: decided.atIso },
  ]
}
