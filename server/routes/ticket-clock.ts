import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Instant } from '@askfirst/protocol/fields.ts'
import { TicketId } from '@askfirst/protocol/ids.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { ServiceTime } from '../service-time/service-time.ts'
import type { Target } from '../store/clock-entities.ts'
import { TARGETS } from '../store/clock-entities.ts'
import type { ClockKeeper } from '../ticket-clock/clock-keeper.ts'
import { closed, InstantOrNull, orNull } from './fields.ts'

const TargetView = Type.Object({
  target: Type.Enum([...TARGETS]),
  minutes: Type.Integer(),
  state: Type.Enum(['running', 'paused', 'met', 'missed']),
  dueAt: InstantOrNull,
  warnAt: InstantOrNull,
  /** Open time of the desk that is left, in ms; below 0 when it is over. Null: it is met or missed. */
  leftMs: orNull(Type.Integer()),
})

const ClockView = Type.Object({
  at: Instant,
  /** Level that the target `level` is about. */
  level: Type.Integer(),
  targets: Type.Array(TargetView),
})

/** `/api/tickets/:id/clock`: what is promised about the ticket's time, and how it stands. */
export function ticketClockRoutes({ clocks, clock }: { readonly clocks: ClockKeeper; readonly clock: Clock }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/clock',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Say how a ticket stands against its targets',
          params: Type.Object({ id: TicketId }, closed),
          response: { 200: ClockView },
        },
      },
      async (request) => {
        const { id } = request.params
        const read = await clocks.read(id)
        if (read === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
        const { targets, facts } = read.clock
        const at = isoNow(clock)
        return { at, level: facts?.level ?? 1, targets: targets.map((target) => targetView(target, at, read.time)) }
      },
    )
  }
}

function targetView(target: Target, at: string, time: ServiceTime): Static<typeof TargetView> {
  const { dueAt, state } = target
  if (state !== 'running' || dueAt === null) return target
  return { ...target, leftMs: time.left(Date.parse(at), Date.parse(dueAt)) }
}
