import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { ClockFacts, Span } from '../store/clock-entities.ts'
import type { TicketState } from '../store/entities.ts'
import { TICKET_STATES } from '../store/entities.ts'

/** The facts after one more entry; null while the log does not begin with the ticket's opening. */
export function foldEntry(facts: ClockFacts | null, entry: LogEntry): ClockFacts | null {
  if (entry.kind === 'ticket.opened') return opened(entry)
  if (facts === null) return null
  switch (entry.kind) {
    case 'message.sent':
    case 'consent.requested':
      return entry.actor.kind === 'user' ? told(facts, entry.at) : facts
    default:
      return changed(facts, entry)
  }
}

function opened({ at, body }: LogEntry): ClockFacts {
  // A person who calls the desk hears from it at that moment.
  const answeredAt = body['openedBy'] === 'desk' ? at : null
  const priority = typeof body['priority'] === 'number' ? body['priority'] : 3
  const start = { state: 'new', level: 1, assigneeId: null, endedAt: null, stopped: [], worked: [] } as const
  return { openedAt: at, priority, answeredAt, toldAt: at, ...start }
}

function told(facts: ClockFacts, at: string): ClockFacts {
  return { ...facts, answeredAt: facts.answeredAt ?? at, toldAt: at }
}

/** Any entry that says what it changed moves the clocks, whatever its kind. */
function changed(facts: ClockFacts, { at, body }: LogEntry): ClockFacts {
  const { changes } = body
  if (typeof changes !== 'object' || changes === null) return facts
  const to = (field: string): unknown => {
    const change: unknown = Reflect.get(changes, field)
    return typeof change === 'object' && change !== null ? Reflect.get(change, 'to') : undefined
  }
  const [state, priority, level, assigneeId] = [to('state'), to('priority'), to('level'), to('assigneeId')]
  const next = {
    ...facts,
    state: TICKET_STATES.find((known) => known === state) ?? facts.state,
    priority: typeof priority === 'number' ? priority : facts.priority,
    level: typeof level === 'number' ? level : facts.level,
    assigneeId: typeof assigneeId === 'string' || assigneeId === null ? assigneeId : facts.assigneeId,
  }
  const isNewLevel = next.level !== facts.level
  return {
    ...next,
    endedAt: isOver(next.state) ? (facts.endedAt ?? at) : null,
    stopped: spans(facts.stopped, !isMoving(next.state), at),
    worked: spans(isNewLevel ? [] : facts.worked, isMoving(next.state) && next.assigneeId !== null, at),
  }
}

function isOver(state: TicketState): boolean {
  return state === 'resolved' || state === 'closed'
}

/** Whether the desk is to move. */
function isMoving(state: TicketState): boolean {
  return state === 'new' || state === 'open'
}

/** Opens a span when something begins and closes it when it ends. */
function spans(before: readonly Span[], goesOn: boolean, at: string): readonly Span[] {
  const last = before.at(-1)
  const isOpen = last !== undefined && last.to === null
  if (goesOn === isOpen) return before
  return isOpen ? [...before.slice(0, -1), { ...last, to: at }] : [...before, { from: at, to: null }]
}
