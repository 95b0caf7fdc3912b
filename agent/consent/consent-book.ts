import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { ConsentRecord, Grant, JwsHeader } from '@askfirst/protocol/consent-record.ts'
import type { DeviceId, GrantId, ReportId, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { Notice, OpenedHere } from '@askfirst/protocol/notice/notice.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { PolicyReading } from '../policy/local-policy.ts'
import type { Collector } from '../runtime/define-collector.ts'
import type { AgentClock } from './agent-clock.ts'
import type { RunOrder } from './check-run.ts'
import type { Answerer, ConsentEvents } from './consent-events.ts'
import type { GrantEnd, HeldReport, OutgoingJws } from './consent-state.ts'
import type { Narrowing } from './narrow-grant.ts'
import type { Refusal } from './offered-collectors.ts'
import { StoredConsentBook } from './stored-consent-book.ts'

export interface ConsentBookOptions {
  /** Directory of the agent's state, mode 0700. */
  readonly dataDir: string
  readonly deviceId: DeviceId
  /** All collectors compiled into this agent. */
  readonly collectors: readonly Collector[]
  readonly platform: Platform
  /** Reads the local policy file afresh. */
  readonly readPolicy: () => PolicyReading
  readonly history: LocalHistory
  readonly clock: AgentClock
  /** Signs canonical JSON with the device's key; returns a compact JWS (ES256) with this `typ`. */
  readonly sign: (typ: JwsHeader['typ'], payloadCanonicalJson: string) => string
  readonly events: ConsentEvents
  /** When and by whom a ticket was opened on this device (SPEC P3); undefined: it was not. */
  readonly openedHere: (ticketId: TicketId) => OpenedHere | undefined
  /** Told of a failure in the timer, e.g. a full disk; whatever had to end has ended. */
  readonly onError: (error: unknown) => void
}

/** A request that waits, as lists show it. */
export interface PendingRequest {
  readonly request: ConsentRequest
  readonly requestSha256: string
  readonly matchCode: string
  readonly receivedAt: string
  readonly deadline: string
  readonly shownAt?: string | undefined
}

/** A grant, as lists show it. */
export interface GrantState {
  readonly grant: Grant
  readonly request: ConsentRequest
  readonly ended?: { readonly at: string; readonly reason: GrantEnd } | undefined
}

/** The person's decision on a request. `textSha256` names the text that they saw, `language` its language (absent: English). */
export type Decision = { readonly language?: Language | undefined } & (
  | ({ readonly state: 'given'; readonly textSha256: string } & Narrowing)
  | { readonly state: 'refused'; readonly reason?: string | undefined }
)

/** What a person is shown of a request, and within which bounds they can answer. */
export interface ShownRequest {
  readonly notice: Notice
  /** The notice as one text; its SHA-256 is what an answer and the receipt name. */
  readonly text: string
  readonly textSha256: string
  /** Longest time that a yes gives, in ms. */
  readonly longestMs: number
  /** Whether the computer's rules want a look before anything is sent. */
  readonly mustReview: boolean
  /** What happens to personal identifiers, after the computer's rules. */
  readonly personalData: 'keep' | 'pseudonymise'
}

/**
 * Holds everything the person was asked and allowed, and judges every order against it. Nothing in here follows the
 * server: it can ask and withdraw, never answer, widen or prolong. Whatever throws leaves nothing allowed that was not.
 */
export interface ConsentBook {
  /** Takes a request in, or says why nobody is even shown it. Asking the same again is accepted and changes nothing. */
  receive(request: ConsentRequest): Promise<{ readonly ok: true } | Refusal>
  /** The desk takes a request back; a grant that came of it ends. */
  withdraw(requestId: RequestId, reason: MessageNamed<'consent.withdraw'>['reason']): Promise<void>
  pending(): readonly PendingRequest[]
  /** Active grants, those that were given ahead among them, and ended ones of the last two days. */
  grants(): readonly GrantState[]
  /** Whether a grant has not ended; one that was given ahead is active and allows nothing yet. */
  isActive(grantId: GrantId): boolean
  /** The request that a grant came of; null for an unknown grant. */
  requestOf(grantId: GrantId): ConsentRequest | null
  /** Whether this device was ever asked (and showed it) for the ticket. */
  knowsTicket(ticketId: TicketId): boolean
  /** Judges an order against the grant that this device holds. */
  checkRun(order: RunOrder): { readonly ok: true; readonly grant: Grant; readonly request: ConsentRequest } | Refusal
  /** The full notice of a request, and that someone saw it. @throws AskFirstError REQUEST_UNKNOWN */
  show(requestId: RequestId, language?: Language): Promise<ShownRequest>
  /** Signs and remembers the decision. @throws AskFirstError REQUEST_UNKNOWN, REQUEST_CLOSED, CONFLICT, REQUEST_FORBIDDEN_BY_POLICY, LOCAL_REQUEST_INVALID */
  answer(requestId: RequestId, decision: Decision, by: Answerer): Promise<ConsentRecord>
  /** Ends a grant at once, then signs and remembers the revocation. @throws AskFirstError GRANT_UNKNOWN, GRANT_EXPIRED, GRANT_REVOKED */
  revoke(grantId: GrantId, by: Answerer, reason?: string): Promise<void>
  /**
   * Reports a request as suspicious: from then on its technician can ask nothing here, what they asked is refused and what
   * they were allowed ends (SPEC C20). @throws AskFirstError REQUEST_UNKNOWN
   */
  report(
    requestId: RequestId,
    by: Answerer,
    said?: { readonly reason?: string | undefined; readonly language?: Language | undefined },
  ): Promise<ReportId>
  /** The server says that a lead lifted a block. The person is told; unknown reports are ignored (SPEC C21). */
  cleared(message: MessageNamed<'report.cleared'>): Promise<void>
  /** All reports that the device remembers, oldest first. */
  reports(): readonly HeldReport[]
  /** A person has read that a block was lifted. @throws AskFirstError NOT_FOUND */
  toldCleared(reportId: ReportId): Promise<void>
  /** Receipts, revocations and reports that the server has not confirmed; to be sent again at each connect. */
  unsent(): readonly OutgoingJws[]
  /** The server says what became of a receipt, revocation or report. Unknown hashes are ignored. */
  recorded(jwsSha256: string, outcome: 'recorded' | 'refused'): Promise<void>
  /** Ends what is over by the clock. Called by a timer while something can end. */
  expireDue(): void
  close(): void
}

/** Opens the book on the state of the last start and starts its timer. */
export function openConsentBook(options: ConsentBookOptions): ConsentBook {
  return new StoredConsentBook(options)
}
