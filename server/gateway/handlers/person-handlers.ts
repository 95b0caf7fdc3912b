import type { AttachmentService } from '../../people/attachment-service.ts'
import type { StatementService } from '../../people/statement-service.ts'
import type { TicketFollowers } from '../../people/ticket-followers.ts'
import { PERSON_VERSION } from '../../people/ticket-followers.ts'
import type { AgentSession } from '../session.ts'
import { answerRecorded } from './answer-recorded.ts'
import type { Handlers } from './handlers.ts'

export interface PersonDeps {
  readonly statements: StatementService
  readonly attachments: AttachmentService
  readonly followers: TicketFollowers
}

/** What people say about their tickets, the files they add, and what they read. */
export function personHandlers({
  statements,
  attachments,
  followers,
}: PersonDeps): Pick<Handlers, 'person.statement' | 'attachment.piece' | 'ticket.follow'> {
  return {
    'person.statement': async (session, message) => {
      if (!speaks(session)) return
      const outcome = await statements.record(session.deviceId, message)
      answerRecorded(session, message.jws, outcome)
      if (!outcome.ok) return
      for (const state of await attachments.statedIn(message.statementId)) session.send(state)
    },
    'attachment.piece': async (session, message) => {
      if (speaks(session)) session.send(await attachments.receive(session.deviceId, message))
    },
    'ticket.follow': async (session, message) => {
      if (!speaks(session)) return
      const page = await followers.messages(session.deviceId, message)
      if (page !== null) session.send(page)
    },
  }
}

/** To an agent of an earlier version these are messages of an unknown type. */
function speaks({ protocol }: AgentSession): boolean {
  return protocol >= PERSON_VERSION
}
