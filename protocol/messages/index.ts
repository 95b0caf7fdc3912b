import type { MessageOf } from '../define-message.ts'
import { agentCatalogue } from './agent-catalogue.ts'
import { attachmentPiece } from './attachment-piece.ts'
import { attachmentState } from './attachment-state.ts'
import { certificateIssued } from './certificate-issued.ts'
import { certificateRefused } from './certificate-refused.ts'
import { certificateRenew } from './certificate-renew.ts'
import { chunkAck } from './chunk-ack.ts'
import { chunkNack } from './chunk-nack.ts'
import { consentReceipt } from './consent-receipt.ts'
import { consentRecorded } from './consent-recorded.ts'
import { consentRefused } from './consent-refused.ts'
import { consentReported } from './consent-reported.ts'
import { consentRequest } from './consent-request.ts'
import { consentRevocation } from './consent-revocation.ts'
import { consentSeen } from './consent-seen.ts'
import { consentWithdraw } from './consent-withdraw.ts'
import { linkHello } from './link-hello.ts'
import { linkPing } from './link-ping.ts'
import { linkPong } from './link-pong.ts'
import { linkWelcome } from './link-welcome.ts'
import { logCheckpoint } from './log-checkpoint.ts'
import { personStatement } from './person-statement.ts'
import { reportCleared } from './report-cleared.ts'
import { runAccepted } from './run-accepted.ts'
import { runCancel } from './run-cancel.ts'
import { runEnd } from './run-end.ts'
import { runRecorded } from './run-recorded.ts'
import { runRefused } from './run-refused.ts'
import { runReview } from './run-review.ts'
import { runStart } from './run-start.ts'
import { ticketAsks } from './ticket-asks.ts'
import { ticketFollow } from './ticket-follow.ts'
import { ticketMessages } from './ticket-messages.ts'
import { ticketProgress } from './ticket-progress.ts'

/** Every message of the protocol, in the order of SPEC.md. A guard test compares this list with the folder. */
export const MESSAGES = [
  linkHello,
  linkWelcome,
  linkPing,
  linkPong,
  agentCatalogue,
  consentRequest,
  consentWithdraw,
  consentSeen,
  consentRefused,
  consentReceipt,
  consentRevocation,
  consentRecorded,
  consentReported,
  reportCleared,
  personStatement,
  attachmentPiece,
  attachmentState,
  ticketProgress,
  ticketFollow,
  ticketMessages,
  ticketAsks,
  runStart,
  runCancel,
  runAccepted,
  runRefused,
  runReview,
  runEnd,
  runRecorded,
  chunkAck,
  chunkNack,
  logCheckpoint,
  certificateRenew,
  certificateIssued,
  certificateRefused,
] as const

type Definition = (typeof MESSAGES)[number]
/** Any message that the server may send. */
export type ServerMessage = MessageOf<Extract<Definition, { readonly from: 'server' }>>
/** Any message that the agent may send. */
export type AgentMessage = MessageOf<Extract<Definition, { readonly from: 'agent' }>>
/** The message with the given type. */
export type MessageNamed<Name extends Definition['type']> = MessageOf<Extract<Definition, { readonly type: Name }>>
