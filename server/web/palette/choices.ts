import type { FoundView } from '../api/search.ts'
import { NAV } from '../shell/nav-entries.ts'
import { priorityWord, severityWord, stateWord } from '../ui/words.tsx'

/** One line of the palette. */
export interface PaletteChoice {
  readonly id: string
  readonly group: string
  readonly text: string
  readonly detail: string
  /** Where it leads. */
  readonly href: string
}

/** Actions and pages whose name has all the words; all of them for an empty text. */
export function actionsFor(q: string, permissions: readonly string[]): readonly PaletteChoice[] {
  const words = q.toLowerCase().split(/\s+/)
  const may = (permission: string | undefined) => permission === undefined || permissions.includes(permission)
  const actions = [
    { text: 'New ticket', href: '/?new=1', permission: 'ticket.work' },
    { text: 'My tickets', href: '/?assigneeId=me', permission: 'ticket.read' },
    { text: 'Unassigned tickets', href: '/?assigneeId=none', permission: 'ticket.read' },
    ...NAV.map(({ path, label, permission }) => ({ text: `Go to ${label}`, href: path, permission })),
  ]
  return actions
    .filter(({ text, permission }) => may(permission) && words.every((word) => text.toLowerCase().includes(word)))
    .map(({ text, href }) => ({ id: `action ${href}`, group: 'Actions', text, detail: '', href }))
}

/** What the server found, as lines. */
export function choicesOf(found: FoundView): readonly PaletteChoice[] {
  return [
    ...found.tickets.map(({ id, number, title, requesterName, state, priority }) => ({
      id,
      group: 'Tickets',
      text: `#${number} ${title}`,
      detail: `${requesterName}, ${stateWord(state).toLowerCase()}, ${priorityWord(priority)}`,
      href: `/tickets/${id}`,
    })),
    ...found.devices.map(({ id, name, osName, online }) => ({
      id,
      group: 'Devices',
      text: name,
      detail: `${osName}, ${online ? 'online' : 'offline'}`,
      href: `/devices/${id}`,
    })),
    ...found.findings.map(({ id, ticketId, ticketNumber, severity, statement }) => ({
      id,
      group: 'Findings',
      text: statement,
      detail: `${severityWord(severity)}, ticket #${ticketNumber}`,
      href: `/tickets/${ticketId}#${id}`,
    })),
    ...found.knowledge.map(({ id, number, title, state }) => ({
      id,
      group: 'Known problems',
      text: `K${number} ${title}`,
      detail: state,
      href: `/knowledge/${id}`,
    })),
    ...found.users.map(({ id, name, role }) => ({
      id,
      group: 'People',
      text: name,
      detail: `${role}; shows their tickets`,
      href: `/?assigneeId=${id}`,
    })),
  ]
}
