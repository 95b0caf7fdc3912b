import type { LogKind } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { EscalationService } from '../escalations/escalation-service.ts'
import type { EscalationRule, Trigger } from '../settings/service-level.ts'
import type { Target, TargetName, TicketClock } from '../store/clock-entities.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { Store } from '../store/store.ts'
import type { Timer } from '../store/timer-store.ts'
import { announceTicket, differences } from '../tickets/follow-up.ts'
import type { TimerHandler } from '../timers/timer-handler.ts'
import { SYSTEM_ACTOR } from '../users/caller.ts'
import type { ClockKeeper } from './clock-keeper.ts'
import { CLOCK_TIMERS, instantOf } from './planned-timers.ts'

export interface AlarmDeps {
  readonly store: Pick<Store, 'timers' | 'tickets' | 'escalations'>
  readonly clock: Clock
  readonly bus: Bus
  readonly clocks: ClockKeeper
  readonly escalations: Pick<EscalationService, 'askByRule'>
  /** Ends what the ticket as it is now no longer allows. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
}

/** Targets whose end the admins' rules speak of. */
const TRIGGER_OF: Readonly<Record<TargetName, Trigger | null>> = {
  response: null,
  update: null,
  level: 'level-limit',
  resolution: 'resolution-breach',
}

/** What happens when a time is nearly over, and when it is over. */
export function clockAlarms(deps: AlarmDeps): readonly TimerHandler[] {
  return CLOCK_TIMERS.map((kind) => ({ kind, fire: (timer) => alarm(deps, timer, kind) }))
}

/** The clock is counted anew first: a timer that does not fit it any more was set anew, or is over. */
async function alarm(deps: AlarmDeps, timer: Timer, kind: (typeof CLOCK_TIMERS)[number]): Promise<void> {
  const { ticketId } = timer
  if (ticketId === null) return
  const counted = await deps.clocks.refresh(ticketId)
  const target = counted?.targets.find((one) => one.target === timer.body['target'])
  if (!counted || target?.state !== 'running' || instantOf(target, kind) !== timer.dueAt) return
  if (kind === 'clock.warn') await warn(deps, timer, { counted, target })
  else await breach(deps, timer, { ticketId, counted, target })
}

interface Alarm {
  readonly counted: TicketClock
  readonly target: Target
}

/** A warning that comes after the time is over (no server ran) says nothing that the breach does not say. */
async function warn(deps: AlarmDeps, timer: Timer, { counted, target }: Alarm): Promise<void> {
  const at = isoNow(deps.clock)
  if (target.dueAt !== null && target.dueAt <= at) return
  const log = entry(counted, 'clock.warned', { at, body: bodyOf(counted, target) })
  if ((await deps.store.timers.fire(timer, at, { log: [log] })) !== null) announceTicket(deps.bus, counted.ticketId)
}

async function breach(deps: AlarmDeps, timer: Timer, alarmed: Alarm & { readonly ticketId: TicketId }): Promise<void> {
  const { ticketId, counted, target } = alarmed
  const { store, clock, bus, escalations } = deps
  const ticket = await store.tickets.get(ticketId)
  if (ticket === null) return
  const rule = await ruleFor(deps, target.target, ticket)
  const isAsked = (await store.escalations.listForTicket(ticketId)).some(({ state }) => state === 'asked')
  const toLevel =
    rule?.toLevel !== null && rule !== null && rule.toLevel > ticket.level && !isAsked ? rule.toLevel : null
  const isUnassigned = rule?.unassign === true && ticket.assigneeId !== null
  const at = isoNow(clock)
  const told = { tellLeads: rule?.tellLeads ?? true, toLevel, unassigned: isUnassigned }
  const log = entry(counted, 'clock.breached', { at, body: { ...bodyOf(counted, target), ...told } })
  const columns = isUnassigned ? { assigneeId: null } : {}
  const trigger = TRIGGER_OF[target.target]
  if (toLevel !== null && trigger !== null) {
    await escalations.askByRule({ ticket, toLevel, criterion: trigger, columns, before: log, fires: { ...timer, at } })
    return
  }
  const change = isUnassigned ? { change: unassigning(ticket, at) } : {}
  if ((await store.timers.fire(timer, at, { ...change, log: [log] })) === null) return
  if (isUnassigned) await deps.afterChange(ticketId)
  announceTicket(bus, ticketId)
}

async function ruleFor({ clocks }: AlarmDeps, target: TargetName, { level }: Ticket): Promise<EscalationRule | null> {
  const trigger = TRIGGER_OF[target]
  if (trigger === null) return null
  const { serviceLevel } = await clocks.rulesNow()
  return serviceLevel.rules[trigger][level - 1] ?? null
}

function unassigning(ticket: Ticket, at: string) {
  const columns = { assigneeId: null }
  const body = { changes: differences(ticket, columns) }
  const log: LogDraft = { ticketId: ticket.id, at, actor: SYSTEM_ACTOR, kind: 'ticket.changed', body }
  return { id: ticket.id, version: ticket.version, columns: { ...columns, updatedAt: at }, log }
}

function bodyOf({ facts }: TicketClock, { target, minutes, dueAt }: Target): LogDraft['body'] {
  return {
    ...{ target, minutes, dueAt },
    level: facts?.level ?? 1,
    priority: facts?.priority ?? 3,
    assigneeId: facts?.assigneeId ?? null,
  }
}

function entry(
  { ticketId }: TicketClock,
  kind: LogKind,
  { at, body }: { readonly at: string; readonly body: LogDraft['body'] },
): LogDraft {
  return { ticketId, at, actor: SYSTEM_ACTOR, kind, body }
}
