import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { attachmentsOf } from '@askfirst/protocol/statement-record.ts'
import { askText } from '@askfirst/protocol/ticket-ask.ts'
import { sha256Hex } from '../consent/build-record.ts'
import type { CommandResult } from '../local/commands.ts'
import type { TicketEntry, TicketSummary } from '../local/help-commands.ts'
import type { HeldStatement, HeldTicket } from './held-ticket.ts'
import { asksWhetherFixed, openAsks } from './server-words.ts'

type Message = HeldTicket['messages'][number]
type Opened = Extract<StatementRecord['said'], { kind: 'opened' }>

/** A ticket as lists show it; texts of the server have to be made plain before they are shown. */
export function ticketSummary(ticket: HeldTicket, nowMs: number): TicketSummary {
  const { ticketId, account, since, progress, messages, readSeq, statements } = ticket
  const opening = statements.find(({ record }) => record.said.kind === 'opened')
  const summary = {
    ticketId,
    openedHere: account !== undefined,
    since,
    title: openedOf(opening)?.title ?? progress?.title ?? '',
    unread: messages.filter(({ from, seq }) => from === 'desk' && seq > readSeq).length,
    unsent: statements.filter(({ state }) => state === 'waiting').length,
    asks: openAsks(ticket, nowMs).length,
    // An answer that is on its way was given, though the server does not know of it yet.
    asksFixed: asksWhetherFixed(progress) && !statements.some(isWaitingAnswer),
    ...(progress === undefined ? {} : standing(progress)),
  }
  if (progress !== undefined) return { ...summary, stage: progress.state }
  return { ...summary, stage: opening?.state === 'refused' ? 'refused' : 'unsent', ...codeOf(opening ?? {}) }
}

function isWaitingAnswer({ record, state }: HeldStatement): boolean {
  return record.said.kind === 'answer' && state === 'waiting'
}

function standing({ number, updatedAt, assignee, fixed }: NonNullable<HeldTicket['progress']>) {
  return {
    number,
    updatedAt,
    fixed,
    ...(assignee === null ? {} : { assignee: assignee.name }),
  }
}

/** A ticket with all that was said in it, in its order. */
export function ticketInFull(ticket: HeldTicket, nowMs: number): CommandResult<'help.ticket'> {
  const opening = ticket.statements.find(({ record }) => record.said.kind === 'opened')
  const opened = openedOf(opening)
  const own = new Map<string, HeldStatement>(ticket.statements.map((held) => [held.record.statementId, held]))
  const told = ticket.messages.map((message) => messageEntry(ticket, message, own.get(message.statementId ?? '')))
  const known = new Set<string>(ticket.messages.flatMap(({ statementId }) => statementId ?? []))
  const rest = ticket.statements.filter(({ record }) => !known.has(record.statementId))
  return {
    ticket: ticketSummary(ticket, nowMs),
    asks: openAsks(ticket, nowMs).map((ask) => ({ ask, askSha256: sha256Hex(askText(ask)) })),
    ...(opened === undefined ? {} : { opened: { ...opened, attachments: filesOf(ticket, opening) } }),
    entries: [...told, ...rest.map((held) => statementEntry(ticket, held))].flatMap((entry) => entry ?? []),
  }
}

/** The person's own words are shown as they were signed here; words under their name from elsewhere as the server's. */
function messageEntry(ticket: HeldTicket, message: Message, own: HeldStatement | undefined): TicketEntry | null {
  if (own !== undefined) return statementEntry(ticket, own)
  const { at, from, author, text, seq } = message
  const isNew = from === 'desk' && seq > ticket.readSeq
  return { from: from === 'desk' ? 'desk' : 'elsewhere', at, author, text, isNew, files: [] }
}

/** What opened the ticket stands apart and is no part of the conversation. */
function statementEntry(ticket: HeldTicket, held: HeldStatement): TicketEntry | null {
  const { said, at, osUser } = held.record
  if (said.kind === 'opened') return null
  return {
    ...{ from: 'you', at, author: osUser, text: said.text ?? '', isNew: false },
    ...(said.kind === 'answer' ? { fixed: said.fixed } : {}),
    ...(said.kind === 'decided' && held.ask !== undefined ? { decided: { choice: said.choice, ask: held.ask } } : {}),
    state: held.state,
    ...codeOf(held),
    files: filesOf(ticket, held),
  }
}

function filesOf(ticket: HeldTicket, held: HeldStatement | undefined): TicketEntry['files'] {
  const said = held?.record.said
  if (said === undefined) return []
  return attachmentsOf(said).map(({ attachmentId, name, bytes }) => {
    const file = ticket.files.find((known) => known.attachmentId === attachmentId)
    return { name, bytes, state: file?.state ?? 'complete', ...codeOf(file ?? {}) }
  })
}

function openedOf(held: HeldStatement | undefined): Opened | undefined {
  return held?.record.said.kind === 'opened' ? held.record.said : undefined
}

function codeOf({ code }: { readonly code?: string }): { readonly code?: string } {
  return code === undefined ? {} : { code }
}
