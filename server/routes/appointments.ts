import { Instant } from '@askfirst/protocol/fields.ts'
import { AppointmentId, AskId, TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { AppointmentService } from '../schedule/appointment-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull, orNull, text } from './fields.ts'

const AppointmentView = Type.Object({
  id: AppointmentId,
  ticketId: TicketId,
  askId: AskId,
  technicianId: Type.String(),
  technicianName: Type.String(),
  what: Type.String(),
  place: orNull(Type.String()),
  from: Instant,
  until: Instant,
  state: Type.Enum(['agreed', 'cancelled']),
  sequence: Type.Integer(),
  agreedAt: Instant,
  endedAt: InstantOrNull,
})
const List = Type.Object({ items: Type.Array(AppointmentView) })

const Proposal = Type.Object(
  {
    /** What for, in words for the person. */
    what: text(300),
    place: Type.Optional(text(200)),
    times: Type.Array(Type.Object({ from: Instant, until: Instant }, closed), { minItems: 1, maxItems: 6 }),
  },
  closed,
)

const ofTicket = Type.Object({ id: TicketId }, closed)
const ofAppointment = Type.Object({ id: TicketId, appointmentId: AppointmentId }, closed)

/** `/api/tickets/:id/appointments` and `/api/my/appointments`. */
export function appointmentRoutes({ appointments }: { readonly appointments: AppointmentService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/appointments',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'Appointments that were agreed in a ticket', params: ofTicket, response: { 200: List } },
      },
      async (request) => ({ items: [...(await appointments.list(request.params.id))] }),
    )

    app.post(
      '/api/tickets/:id/appointments',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Propose times; the person picks one on their device',
          params: ofTicket,
          body: Proposal,
          response: { 201: Type.Object({ askId: AskId }) },
        },
      },
      async (request, reply) => {
        const actor = actorOf(callerOf(request).user)
        const { id } = await appointments.propose(request.params.id, request.body, actor)
        return reply.code(201).send({ askId: id })
      },
    )

    app.delete(
      '/api/tickets/:id/appointments/:appointmentId',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Cancel an appointment; the person is told by a message',
          params: ofAppointment,
          response: { 200: AppointmentView },
        },
      },
      async (request) => {
        const { id, appointmentId } = request.params
        return appointments.cancel(id, appointmentId, actorOf(callerOf(request).user))
      },
    )

    app.get(
      '/api/tickets/:id/appointments/:appointmentId.ics',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'An appointment as a calendar file',
          params: ofAppointment,
          response: { 200: Type.String() },
        },
      },
      async (request, reply) => {
        const { id, appointmentId } = request.params
        const file = await appointments.calendar(id, appointmentId, 'desk')
        return reply
          .type('text/calendar; charset=utf-8')
          .header('content-disposition', `attachment; filename="${appointmentId}.ics"`)
          .send(file)
      },
    )

    app.get(
      '/api/my/appointments',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'What the caller has agreed to from now on', response: { 200: List } },
      },
      async (request) => ({ items: [...(await appointments.upcoming(callerOf(request).user.id))] }),
    )
  }
}
