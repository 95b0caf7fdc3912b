import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { PriorityMatrix } from '../settings/priority-matrix.ts'
import type { Grade, LogDraft, Ticket } from '../store/entities.ts'
import { UNTOUCHED } from '../store/ticket-entities.ts'
import { byMatrix } from './priority-change.ts'

export interface NewTicket {
  readonly title: string
  readonly description: string
  readonly requesterName: string
  readonly requesterEmail: string | null
  readonly openedBy: 'requester' | 'desk'
  readonly deviceIds: readonly DeviceId[]
  readonly impact: Grade
  readonly urgency: Grade
  /** In which the requester asked for help, where that is known. */
  readonly heardLanguage?: Language | null
  /** Of mails to the requester, where the desk sets it. */
  readonly requesterLanguage?: Language | null
}

/** A fresh ticket's record, and what the first entry of its log says. */
export function newTicket(
  wish: NewTicket,
  { id, at, matrix }: { readonly id: TicketId; readonly at: string; readonly matrix: PriorityMatrix },
): { readonly ticket: Omit<Ticket, 'number' | 'version'>; readonly body: LogDraft['body'] } {
  const graded = byMatrix(matrix, wish)
  const fresh = { state: 'new', ...graded, level: 1, assigneeId: null, confirmed: null } as const
  const { heardLanguage = null, requesterLanguage = null, ...said } = wish
  const set = requesterLanguage === null ? {} : { requesterLanguage }
  const body = { ...said, ...set, priority: graded.priority }
  const languages = { heardLanguage, requesterLanguage }
  return { ticket: { id, ...said, ...UNTOUCHED, ...languages, ...fresh, createdAt: at, updatedAt: at }, body }
}
