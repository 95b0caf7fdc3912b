import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { EditionView } from './edition-view.ts'

/** How the fields of a ticket are called, and whether the person may read what they were and became. */
const FIELDS: Readonly<Record<string, { readonly name: string; readonly isForPerson: boolean }>> = {
  title: { name: 'Title', isForPerson: true },
  description: { name: 'Description', isForPerson: false },
  state: { name: 'State', isForPerson: true },
  impact: { name: 'Impact', isForPerson: true },
  urgency: { name: 'Urgency', isForPerson: true },
  priority: { name: 'Priority', isForPerson: true },
  byMatrix: { name: 'Priority by the matrix', isForPerson: false },
  override: { name: 'Reason of another priority', isForPerson: false },
  level: { name: 'Level', isForPerson: true },
  assigneeId: { name: 'Assignee', isForPerson: false },
  deviceIds: { name: 'Devices', isForPerson: false },
  confirmed: { name: 'Fixed, says the person', isForPerson: true },
  waitingFor: { name: 'Waits for', isForPerson: true },
  closedAs: { name: 'Closed as', isForPerson: true },
  closedReason: { name: 'Why it was closed so', isForPerson: false },
  closedAt: { name: 'Closed at', isForPerson: false },
  reopened: { name: 'Times opened again', isForPerson: false },
  tags: { name: 'Tags', isForPerson: false },
  contacts: { name: 'People', isForPerson: false },
  requesterLanguage: { name: 'Language of mails', isForPerson: false },
}

/** What an entry `ticket.changed` changed, a line for each field that the edition may show. */
export function changeLines({ body }: LogEntry, view: EditionView): readonly string[] {
  const { changes } = body
  if (typeof changes !== 'object' || changes === null) return []
  return Object.entries(changes).flatMap(([field, change]: [string, unknown]) => {
    const known = FIELDS[field]
    if (!view.isInternal && known?.isForPerson !== true) return []
    const { from, to } = { from: undefined, to: undefined, ...(typeof change === 'object' ? change : {}) }
    return [`${known?.name ?? field}: ${valueText(field, from, view)} → ${valueText(field, to, view)}`]
  })
}

function valueText(field: string, value: unknown, view: EditionView): string {
  if (field === 'assigneeId') return typeof value === 'string' ? view.person(value) : 'nobody'
  if (Array.isArray(value)) return value.map((id: unknown) => view.device(String(id))).join(', ') || 'none'
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'none'
}
