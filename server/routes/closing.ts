import { Count } from '@askfirst/protocol/fields.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { METHOD_STEPS } from '../store/method-entities.ts'
import type { CloseWish } from '../tickets/closing.ts'
import { CLOSE_WISHES } from '../tickets/closing.ts'
import type { ClosingService } from '../tickets/closing-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'
import { Reason } from './ticket-fields.ts'
import { TicketView, ticketView } from './tickets.ts'

const byId = Type.Object({ id: TicketId }, closed)

const wishFields = {
  as: Type.Enum([...CLOSE_WISHES]),
  reason: Type.Optional(Reason),
  /** The ticket in which the work goes on; of `duplicate` and `merged` only. */
  into: Type.Optional(TicketId),
  /** Why a step of the method was left out, by the step's name. */
  skips: Type.Optional(Type.Partial(Type.Record(Type.Enum([...METHOD_STEPS]), Reason), closed)),
}
const Wish = Type.Object(wishFields, closed)
const Closing = Type.Object({ version: Count, ...wishFields }, closed)

const Problems = Type.Object({
  problems: Type.Array(
    Type.Object({
      code: Type.String(),
      /** For people: one sentence that says what to do. */
      text: Type.String(),
      /** Id or name of what it is about; absent where it is the ticket itself. */
      about: Type.Optional(Type.String()),
    }),
  ),
})

/** `/api/tickets/:id/close` and `…/reopen`: what stands in the way, the end of a ticket and its return. */
export function closingRoutes({ closing }: { readonly closing: ClosingService }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/tickets/:id/close/preview',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Say what stands in the way of closing',
          params: byId,
          body: Wish,
          response: { 200: Problems },
        },
      },
      async (request) => {
        const problems = await closing.preview(request.params.id, wishOf(request.body))
        return { problems: problems.map((problem) => ({ ...problem })) }
      },
    )

    app.post(
      '/api/tickets/:id/close',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Close a ticket',
          params: byId,
          body: Closing,
          response: { 200: TicketView },
        },
      },
      async (request) => {
        const wish = { version: request.body.version, ...wishOf(request.body) }
        return ticketView(await closing.close(request.params.id, wish, actorOf(callerOf(request).user)))
      },
    )

    app.post(
      '/api/tickets/:id/reopen',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Open a closed ticket again',
          params: byId,
          body: Type.Object({ version: Count, reason: Reason }, closed),
          response: { 200: TicketView },
        },
      },
      async (request) => ticketView(await closing.reopen(request.params.id, request.body, callerOf(request))),
    )
  }
}

function wishOf({ as, reason, into, skips }: Static<typeof Wish>): CloseWish {
  return { as, reason: reason ?? null, skips: skips ?? {}, ...(into === undefined ? {} : { into }) }
}
