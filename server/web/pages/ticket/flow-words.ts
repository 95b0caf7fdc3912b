import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { ClosedAs, TicketView, WaitingFor } from '../../api/types.ts'
import { MOVER_WORDS } from '../../ui/words.tsx'

export const WAITING_WORDS: Readonly<Record<WaitingFor, string>> = {
  person: 'The person',
  'on-site': 'The on-site person',
  'third-party': 'Somebody outside',
  approval: 'An approval',
  appointment: 'An appointment',
}

/** Whose move it is, in one short sentence; empty where nobody has one. */
export function moverText(mover: TicketView['mover']): string {
  if (mover === 'nobody') return ''
  return mover === 'desk' ? 'It is the desk’s move.' : `${MOVER_WORDS[mover]}.`
}

const CLOSED: Readonly<Record<ClosedAs, string>> = {
  confirmed: 'Closed: the person says that it is fixed.',
  resolved: 'Closed as solved; the person had not answered.',
  'no-answer': 'Closed without an answer of the person; nobody confirmed it.',
  duplicate: 'Closed as a duplicate.',
  merged: 'Closed: its work goes on in another ticket.',
  withdrawn: 'Closed: it was withdrawn.',
}

/** How a ticket was closed, in one sentence. */
export function closedText({ closedAs }: Pick<TicketView, 'closedAs'>): string {
  return closedAs === null ? 'Closed.' : CLOSED[closedAs]
}

export function waitsForText(value: unknown): string {
  return WAITING.find(([word]) => word === value)?.[1].toLowerCase() ?? 'nobody'
}

const WAITING: readonly (readonly [string, string])[] = Object.entries(WAITING_WORDS)

/** Whether an entry says only that a ticket was closed or opened again. */
export function isEndOrReturn({ body: { changes } }: LogEntry): boolean {
  return typeof changes === 'object' && changes !== null && 'closedAs' in changes
}

/** How a closing, a return or a relation is told; read after the name of who did it. */
export function flowStory({ kind, body }: LogEntry): {
  readonly text: string
  readonly quote: string | null
} {
  const quote = typeof body['reason'] === 'string' ? body['reason'] : null
  const number = `#${String(body['number'])}`
  switch (kind) {
    case 'ticket.closed':
      return {
        text: CLOSED_BY[String(body['as'])] ?? 'closed the ticket',
        quote,
      }
    case 'ticket.reopened':
      return { text: 'opened the ticket again', quote }
    case 'ticket.merged':
      return { text: `merged ticket ${number} into this one`, quote: null }
    default: {
      const link = `this ticket ${LINKS[String(body['link'])] ?? 'has to do with'} ${number}`
      return {
        text: body['removed'] === true ? `took back that ${link}` : `noted that ${link}`,
        quote: null,
      }
    }
  }
}

const CLOSED_BY: Readonly<Record<string, string>> = {
  confirmed: 'closed the ticket: the person says that it is fixed',
  resolved: 'closed the ticket as solved; the person had not answered',
  'no-answer': 'closed the ticket, because no answer came; nobody confirmed it',
  duplicate: 'closed the ticket as a duplicate',
  merged: 'closed the ticket, because its work goes on in another one',
  withdrawn: 'closed the ticket, because it was withdrawn',
}

const LINKS: Readonly<Record<string, string>> = {
  related: 'has to do with',
  'duplicate-of': 'is a duplicate of',
  'has-duplicate': 'has as a duplicate',
  'merged-into': 'goes on in',
  'has-merged': 'took over the work of',
}
