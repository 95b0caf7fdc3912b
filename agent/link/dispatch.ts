import type { ConsentBook } from '../consent/consent-book.ts'
import type { OwnTickets } from '../help/own-tickets.ts'
import type { Witness } from '../history/witness.ts'
import type { Renewal } from '../identity/renewal.ts'
import type { AgentLog } from '../log.ts'
import type { RunController } from '../runs/run-controller.ts'
import type { Link } from './link.ts'
import type { Command } from './link-session.ts'

/** What the server's commands reach. Nothing else of the agent can be reached by one. */
export interface CommandTargets {
  readonly book: ConsentBook
  readonly tickets: OwnTickets
  readonly controller: RunController
  readonly witness: Witness
  readonly renewal: Renewal
  readonly link: Link
  readonly log: AgentLog
}

/** Hands a checked command to the part that it is for. Never rejects: a failure is logged and allows nothing. */
export async function dispatch(targets: CommandTargets, command: Command): Promise<void> {
  try {
    await handle(targets, command)
  } catch (error) {
    targets.log.error({ type: command.type, err: error }, 'a command could not be carried out')
  }
}

async function handle(targets: CommandTargets, command: Command): Promise<void> {
  const { book, tickets, controller, renewal, log } = targets
  switch (command.type) {
    case 'consent.request':
      return await takeRequest(targets, command)
    case 'consent.withdraw':
      return await book.withdraw(command.requestId, command.reason)
    case 'consent.recorded':
      return tickets.words.recorded(command) ? undefined : await book.recorded(command.jwsSha256, command.outcome)
    case 'report.cleared':
      return await book.cleared(command)
    case 'ticket.progress':
      return tickets.words.progress(command)
    case 'ticket.messages':
      return tickets.words.messages(command)
    case 'ticket.asks':
      return tickets.words.asks(command)
    case 'attachment.state':
      return tickets.words.fileState(command)
    case 'run.start':
      return controller.order(command)
    case 'run.cancel':
      return controller.cancel(command.runId)
    case 'run.recorded':
      return controller.recorded(command.runId)
    case 'chunk.ack':
      return controller.acknowledged(command)
    case 'chunk.nack':
      return controller.refusedByServer(command)
    case 'log.checkpoint':
      return keepCheckpoint(targets, command)
    case 'certificate.issued':
      return renewal.accept(command)
    case 'certificate.refused':
      return log.warn({ code: command.code }, 'the server refused to renew the certificate; the old one stays')
  }
}

async function takeRequest(
  { book, link }: CommandTargets,
  request: Extract<Command, { type: 'consent.request' }>,
): Promise<void> {
  const taken = await book.receive(request)
  if (taken.ok) return
  link.send({
    type: 'consent.refused',
    requestId: request.requestId,
    code: taken.code,
    detail: taken.detail.slice(0, 500),
  })
}

function keepCheckpoint(
  { witness, log }: CommandTargets,
  { ticketId, note }: Extract<Command, { type: 'log.checkpoint' }>,
): void {
  const outcome = witness.keep(ticketId, note)
  if (outcome === 'conflict') log.error({ ticketId }, 'the server shows another past of a ticket than before')
  if (outcome === 'invalid')
    log.warn({ ticketId }, 'a checkpoint was not kept: it is malformed, not signed, or of a ticket nobody asked about')
}
