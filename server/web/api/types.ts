import type { CatalogueEntry, Platform } from '@askfirst/protocol/catalogue-entry.ts'

/** Answers of the API as pages use them; the server's route schemas are the definition (server/openapi.json). */
export interface Page<Item> {
  readonly items: readonly Item[]
  readonly next: string | null
}

export type Role = 'technician' | 'lead' | 'admin' | 'auditor'

export interface SessionView {
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string
    /** Up to which level they take tickets; null: any. */
    readonly supportLevel: number | null
  }
  readonly role: Role
  readonly permissions: readonly string[]
  readonly csrfToken: string | null
  /** The second factor of this session. */
  readonly factor: 'totp' | 'passkey' | 'recovery' | null
  /** True: a second factor is asked for, and until one is set up nothing else is allowed. */
  readonly mustSetUpFactor: boolean
}

export const TICKET_STATES = ['new', 'open', 'waiting', 'resolved', 'closed'] as const
export type TicketState = (typeof TICKET_STATES)[number]
export type Grade = 'low' | 'medium' | 'high'
/** As forms offer them. */
export const GRADES: readonly Grade[] = ['high', 'medium', 'low']

/** Why a ticket has its priority. */
export interface PriorityReasonView {
  /** What the matrix gave for impact and urgency; the priority, unless somebody overrode it. */
  readonly byMatrix: number
  readonly override: {
    readonly reason: string
    readonly userId: string
    readonly userName: string
    readonly at: string
  } | null
}

export interface TicketView {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly description: string
  readonly requesterName: string
  readonly requesterEmail: string | null
  readonly openedBy: 'requester' | 'desk'
  readonly deviceIds: readonly string[]
  readonly state: TicketState
  readonly impact: Grade
  readonly urgency: Grade
  /** 1 is the most urgent. */
  readonly priority: number
  readonly priorityReason: PriorityReasonView
  readonly level: number
  readonly assigneeId: string | null
  readonly createdAt: string
  readonly updatedAt: string
  readonly version: number
  /** The person's answer to "is it fixed?"; null: none since it was resolved last. */
  readonly confirmed: boolean | null
  /** Null in every state but `waiting`. */
  readonly waitingFor: WaitingFor | null
  /** Whose move it is. */
  readonly mover: WaitingFor | 'desk' | 'nobody'
  /** These three are null while it is not closed. */
  readonly closedAs: ClosedAs | null
  readonly closedReason: string | null
  readonly closedAt: string | null
  /** How often it was opened again after it was closed. */
  readonly reopened: number
  readonly tags: readonly string[]
  readonly contacts: ContactsView
  /** Of mails to the requester; null: nobody set one. */
  readonly requesterLanguage: string | null
}

export type WaitingFor = 'person' | 'on-site' | 'third-party' | 'approval' | 'appointment'
export type ClosedAs = 'confirmed' | 'resolved' | 'no-answer' | 'duplicate' | 'merged' | 'withdrawn'

/** People of a ticket besides its requester and the desk. */
export interface ContactsView {
  readonly onSite: { readonly name: string; readonly contact: string } | null
  readonly stakeholders: readonly StakeholderView[]
}

export interface StakeholderView {
  readonly name: string
  readonly email: string
  readonly notices: 'none' | 'escalations' | 'all'
  /** Of mails to them; absent: nobody set one. */
  readonly language?: string
}

export interface DeviceView {
  readonly id: string
  readonly name: string
  readonly standing: 'quarantined' | 'active' | 'revoked'
  readonly standingReason: string
  readonly online: boolean
  readonly platform: Platform
  readonly arch: string
  readonly osName: string
  readonly agentVersion: string
  readonly enrolledAt: string
  readonly lastSeenAt: string | null
}

export interface CertificateView {
  readonly serial: string
  readonly sha256: string
  readonly notBefore: string
  readonly notAfter: string
  readonly revokedAt: string | null
  readonly revocationReason: string | null
}

export interface DeviceDetailView extends DeviceView {
  readonly certificates: readonly CertificateView[]
  readonly catalogue: readonly CatalogueEntry[] | null
  /** The report of the person there that keeps whoever is signed in from asking; null: nothing does. */
  readonly reportOnYou: { readonly id: string; readonly at: string } | null
}
