import type { QrView } from './account.ts'
import type { Grade, Role } from './types.ts'

export const ROLES: readonly Role[] = ['technician', 'lead', 'admin', 'auditor']

export interface ProtectedUser {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly disabled: boolean
  readonly supportLevel: number | null
  readonly createdAt: string
  readonly totp: boolean
  readonly passkeys: number
  readonly recoveryCodesLeft: number
  readonly sessions: number
  readonly lastUsedAt: string | null
  readonly invitedUntil: string | null
}

export interface InvitationView {
  readonly path: string
  readonly expiresAt: string
}

export interface EnrolmentTokenView {
  readonly id: string
  readonly label: string
  readonly maxUses: number
  readonly uses: number
  readonly approves: boolean
  readonly expiresAt: string
  readonly createdBy: string
  readonly createdAt: string
  readonly revokedAt: string | null
}

export interface MadeEnrolmentCode {
  readonly token: EnrolmentTokenView
  readonly code: string
  readonly qr: QrView
}

export interface AuditEntry {
  readonly seq: number
  readonly at: string
  readonly actor: { readonly kind: string; readonly id: string; readonly name: string }
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
  readonly hash: string
}

export interface AuditReport {
  readonly entries: number
  readonly ok: boolean
  readonly firstWrong: { readonly seq: number; readonly problem: string } | null
  readonly headHash: string
}

/** The priority of each impact and, within it, each urgency. */
export type PriorityMatrixView = Readonly<Record<Grade, Readonly<Record<Grade, number>>>>

/** A text that technicians put into a message. */
export interface MessageTemplateView {
  readonly title: string
  readonly text: string
}

export interface MailSettingsView {
  readonly people: 'nobody' | 'without-agent' | 'everybody'
  readonly language: string
}

export interface ClosingRulesView {
  readonly noAnswerDays: number
  readonly reopenDays: number
}

export interface RetentionRuleView {
  readonly isOn: boolean
  readonly closedDays: number
}

export interface EscalationRuleView {
  readonly toLevel: number | null
  readonly tellLeads: boolean
  readonly unassign: boolean
}

/** What the desk promises about time, and what follows when a time is over. */
export interface ServiceLevelView {
  readonly calendar: {
    readonly timeZone: string
    readonly alwaysOpen: boolean
    readonly hours: readonly { readonly day: number; readonly from: string; readonly to: string }[]
    readonly holidays: readonly string[]
  }
  /** Minutes by priority, 1 to 5; null: nothing is promised. */
  readonly targets: readonly {
    readonly response: number | null
    readonly update: number | null
    readonly resolution: number | null
  }[]
  readonly levelMinutes: readonly (number | null)[]
  readonly warnAtPercent: number
  readonly stuckMinutes: number
  /** Three rules, one for each level, by trigger. */
  readonly rules: Readonly<Record<string, readonly EscalationRuleView[]>>
}

export interface SettingsView {
  readonly organisationName: string
  readonly organisationContact: string
  readonly retentionDays: number
  readonly personalData: 'keep' | 'pseudonymise'
  readonly maxPermissionMinutes: number
  readonly maxAnswerMinutes: number
  readonly secondFactor: 'nobody' | 'admins' | 'all'
  readonly priorityMatrix: PriorityMatrixView
  readonly closing: ClosingRulesView
  readonly retention: RetentionRuleView
  readonly serviceLevel: ServiceLevelView
  readonly mail: MailSettingsView
  readonly messageTemplates: readonly MessageTemplateView[]
}

export interface HealthView {
  readonly ready: boolean
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[]
  readonly version: string
  readonly uptimeSeconds: number
  readonly memoryBytes: number
  readonly agentsOnline: number
  readonly runsOpen: number
  readonly rowsToIndex: number
  readonly ingestBytes: number | null
  readonly store: { readonly kind: 'sqlite' | 'postgres'; readonly bytes: number; readonly latencyMs: number }
  readonly certificates: readonly { readonly name: string; readonly endsAt: string; readonly daysLeft: number }[]
  readonly revocationListAgeSeconds: number | null
  readonly policyReports: number
  readonly mail: { readonly queued: number; readonly oldestQueuedAt: string | null; readonly failed: number } | null
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null
}

/** Why a device stands as it does, in plain words; an admin's own words stay as they are. */
export function standingWords(reason: string): string {
  return STANDING_WORDS[reason] ?? reason
}

const STANDING_WORDS: Readonly<Record<string, string>> = {
  new: 'New machine. Nobody has approved it yet.',
  reinstalled: 'Known machine with a new key: its agent was installed again, or somebody pretends to be it.',
  'clone-suspected': 'Two machines used the same identity. One may be a copy of the other.',
  approved: 'Approved by an admin.',
  'token-approves': 'Approved by its enrolment code.',
}
