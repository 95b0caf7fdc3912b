import type { Severity } from '@askfirst/protocol/finding.ts'
import type { KnowledgeState } from './knowledge.ts'
import type { Role, TicketState } from './types.ts'

/** Answer of `/api/search`. */
export interface FoundView {
  readonly tickets: readonly {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly requesterName: string
    readonly state: TicketState
    readonly priority: number
  }[]
  readonly devices: readonly {
    readonly id: string
    readonly name: string
    readonly osName: string
    readonly online: boolean
  }[]
  readonly findings: readonly {
    readonly id: string
    readonly ticketId: string
    readonly ticketNumber: number
    readonly ticketTitle: string
    readonly severity: Severity
    readonly statement: string
    readonly subject: string
  }[]
  readonly users: readonly {
    readonly id: string
    readonly name: string
    readonly email: string
    readonly role: Role
  }[]
  readonly knowledge: readonly {
    readonly id: string
    readonly number: number
    readonly title: string
    readonly state: KnowledgeState
  }[]
}
