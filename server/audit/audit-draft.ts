import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { AuditDraft } from '../store/entities.ts'

/** What these services write to the audit log; `noun.verb`, in the past. */
type AuditAction =
  | 'setup.finished'
  | 'session.opened'
  | 'session.refused'
  | 'session.limited'
  | 'session.closed'
  | 'session.ended'
  | 'sessions.ended'
  | 'second-factor.refused'
  | 'second-factors.reset'
  | 'totp.added'
  | 'totp.removed'
  | 'passkey.added'
  | 'passkey.removed'
  | 'recovery-codes.made'
  | 'recovery-code.used'
  | 'password.changed'
  | 'user.invited'
  | 'invitation.accepted'
  | 'user.created'
  | 'user.changed'
  | 'token.created'
  | 'token.deleted'
  | 'enrolment-token.created'
  | 'enrolment-token.revoked'
  | 'device.approved'
  | 'device.revoked'
  | 'certificate.revoked'
  | 'settings.changed'
  | 'priority-matrix.applied'
  | 'consent.reported'
  | 'report.cleared'
  | 'ticket.reported'
  | 'mail.ignored'
  | 'knowledge.written'
  | 'tickets.aged-out'
  | 'person.exported'
  | 'person.erasure-begun'
  | 'person.erased'

/** An audit entry before the store seals it; `detail` holds ids and settings, never secrets or collected content. */
export function auditDraft(
  clock: Clock,
  entry: {
    readonly actor: Actor
    readonly action: AuditAction
    readonly subject: string
    readonly detail?: Readonly<Record<string, unknown>>
  },
): AuditDraft {
  const { actor, action, subject, detail = {} } = entry
  return { at: isoNow(clock), actor, action, subject, detail }
}
