import { Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { AskId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import { ApproveAction, AskFeedback, Choice, TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { AskService } from '../people/ask-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull, orNull } from './fields.ts'

const AskView = Type.Object({
  id: AskId,
  ask: TicketAsk,
  askSha256: Sha256,
  /** `expired`: nobody answered in time. */
  state: Type.Enum(['open', 'answered', 'withdrawn', 'expired']),
  endedAt: InstantOrNull,
  answer: orNull(
    Type.Object({
      /** Null: given by a link from a mail, signed by no device. */
      statementId: orNull(StatementId),
      choice: Choice,
      text: orNull(Type.String()),
      osUser: Type.String(),
    }),
  ),
})

const until = Type.Optional(Instant)
/** Times are proposed as appointments, which ask by themselves. */
const NewAsk = Type.Union([
  Type.Object({ kind: Type.Literal('approve-action'), body: ApproveAction, until }, closed),
  Type.Object({ kind: Type.Literal('feedback'), body: AskFeedback, until }, closed),
])

const ofTicket = Type.Object({ id: TicketId }, closed)
const ofAsk = Type.Object({ id: TicketId, askId: AskId }, closed)

/** `/api/tickets/:id/asks`: questions of the desk to the person, with the answers. */
export function askRoutes({ asks, clock }: { readonly asks: AskService; readonly clock: Clock }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/asks',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Questions to the person of a ticket, with the answers',
          params: ofTicket,
          response: { 200: Type.Object({ items: Type.Array(AskView) }) },
        },
      },
      async (request) => ({ items: (await asks.list(request.params.id)).map((ask) => view(ask, clock)) }),
    )

    app.post(
      '/api/tickets/:id/asks',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Ask the person of a ticket; they answer on their device',
          params: ofTicket,
          body: NewAsk,
          response: { 201: AskView },
        },
      },
      async (request, reply) => {
        const ask = await asks.ask(request.params.id, request.body, actorOf(callerOf(request).user))
        return reply.code(201).send(view(ask, clock))
      },
    )

    app.delete(
      '/api/tickets/:id/asks/:askId',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Take a question back', params: ofAsk, response: { 200: AskView } },
      },
      async (request) => {
        const { id, askId } = request.params
        return view(await asks.withdraw(askId, actorOf(callerOf(request).user), id), clock)
      },
    )
  }
}

function view({ id, ask, askSha256, state, endedAt, answer }: StoredAsk, clock: Clock) {
  const isExpired = state === 'open' && ask.until !== undefined && ask.until <= isoNow(clock)
  return { id, ask, askSha256, state: isExpired ? ('expired' as const) : state, endedAt, answer }
}
