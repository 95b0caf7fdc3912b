import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { ConsentRecord, JwsHeader } from '@askfirst/protocol/consent-record.ts'
import { RECEIPT_TYP, REVOCATION_TYP } from '@askfirst/protocol/consent-record.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import type { Decided } from './build-record.ts'
import { buildConsentRecord, buildRevocationRecord, sha256Hex } from './build-record.ts'
import type { Answerer } from './consent-events.ts'
import type { HeldGrant, HeldRequest, OutgoingJws } from './consent-state.ts'
import type { OfferedCollectors } from './offered-collectors.ts'
import type { ReceiptFiles } from './receipt-files.ts'

type Sign = (typ: JwsHeader['typ'], payload: string) => string
type OutgoingReceipt = Extract<OutgoingJws, { kind: 'receipt' }>

/** A receipt that waits for the server. */
export function outgoingReceipt(requestId: RequestId, jws: string): OutgoingReceipt {
  return { kind: 'receipt', requestId, jws, sha256: sha256Hex(jws) }
}

/** Signs a decision and keeps the person's own copy. */
export function signReceipt(
  held: HeldRequest,
  decided: Decided,
  by: { readonly sign: Sign; readonly receipts: ReceiptFiles; readonly offered: OfferedCollectors },
): { readonly record: ConsentRecord; readonly outgoing: OutgoingReceipt } {
  const record = buildConsentRecord(held, decided, by.offered)
  const jws = by.sign(RECEIPT_TYP, canonicalJson(record))
  by.receipts.keep(decided.receiptId, jws)
  return { record, outgoing: outgoingReceipt(held.request.requestId, jws) }
}

/** Signs that a grant was taken back and keeps the person's own copy. */
export function signRevocation(
  held: HeldGrant,
  revoked: { readonly at: string; readonly by: Answerer; readonly reason: string | undefined },
  by: { readonly sign: Sign; readonly receipts: ReceiptFiles },
): Extract<OutgoingJws, { kind: 'revocation' }> {
  const { grantId } = held.grant
  const jws = by.sign(REVOCATION_TYP, canonicalJson(buildRevocationRecord(held, revoked)))
  by.receipts.keep(grantId, jws)
  return { kind: 'revocation', grantId, jws, sha256: sha256Hex(jws) }
}
