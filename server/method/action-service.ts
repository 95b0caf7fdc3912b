import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor, LogKind } from '@askfirst/protocol/findings-log.ts'
import type { ActionId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId } from '../clock.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import type { AskService } from '../people/ask-service.ts'
import type { LogDraft, Ticket } from '../store/entities.ts'
import type { ActionOutcome, ActionState, PlannedAction } from '../store/method-entities.ts'
import { announceMessage } from '../tickets/follow-up.ts'
import { takeBack } from './action-approval.ts'
import type { ActionEnd } from './action-moves.ts'
import { moveProblem } from './action-moves.ts'
import { endToTell, wordsAfterwards } from './action-words.ts'
import type { MethodDeps } from './write-record.ts'
import { doerOf, invalid, MAX_RECORDS, openTicket, writeRecord } from './write-record.ts'

export type NewAction = Pick<
  PlannedAction,
  'what' | 'deviceId' | 'why' | 'undo' | 'risk' | 'doer' | 'needsApproval'
> & {
  /** What came of it when it is done already; null: it is still to be done. */
  readonly outcome: ActionOutcome | null
}

/** How an action ended, as seen at a version of it. */
export interface ActionResult {
  readonly version: number
  readonly state: ActionEnd
  readonly outcome: ActionOutcome
}

interface ActionDeps extends MethodDeps {
  readonly asks: Pick<AskService, 'withdraw'>
  readonly mails: Pick<MailWriter, 'ofActionEnd'>
}

/** What people plan and do about a problem. A major action waits for a yes (SPEC T25). */
export class ActionService {
  readonly #deps: ActionDeps

  constructor(deps: ActionDeps) {
    this.#deps = deps
  }

  /**
   * Plans an action, or records one that is done already; one of high risk always needs approval.
   *
   * @throws AskFirstError NOT_FOUND; INVALID_REQUEST when its device is not the ticket's, or it needs approval and is done
   *   already; CONFLICT when the ticket is closed or has too many
   */
  async plan(ticketId: TicketId, { outcome, ...wish }: NewAction, actor: Actor): Promise<PlannedAction> {
    const { store, clock } = this.#deps
    const { deviceIds } = await openTicket(this.#deps, ticketId)
    if (wish.deviceId !== null && !deviceIds.includes(wish.deviceId))
      throw invalid('deviceId', `Ticket ${ticketId} is not about device ${wish.deviceId}.`)
    const { actions } = await store.method.read(ticketId)
    if (actions.length >= MAX_RECORDS)
      throw new AskFirstError('CONFLICT', `Ticket ${ticketId} has ${actions.length} actions already.`)
    const plan = { ...wish, needsApproval: wish.needsApproval || wish.risk === 'high' }
    if (outcome !== null && plan.needsApproval)
      throw invalid('done', 'A major action is carried out only after the person or a lead approved it.')
    const action: PlannedAction = {
      id: newId('act', clock),
      ...plan,
      ...{ state: 'planned', askId: null, approval: null, outcome: null, endedAt: null, endedBy: null },
      ...{ plannedAt: isoNow(clock), plannedBy: doerOf(actor), version: 1 },
    }
    await this.#write(ticketId, action, { kind: 'action.planned', body: plan, actor })
    return outcome === null ? action : this.end(ticketId, action.id, { version: 1, state: 'done', outcome }, actor)
  }

  /**
   * A lead says yes to a major action in the person's place.
   *
   * @throws AskFirstError NOT_FOUND; NOT_ALLOWED for who planned it; CONFLICT when it needs none, has an answer, or somebody
   *   changed it meanwhile
   */
  async approve(
    ticketId: TicketId,
    actionId: ActionId,
    { version, text }: { readonly version: number; readonly text: string | null },
    actor: Actor,
  ): Promise<PlannedAction> {
    const { action } = await this.#movable(ticketId, actionId, 'approved')
    if (action.plannedBy.id === actor.id)
      throw new AskFirstError('NOT_ALLOWED', 'Whoever planned a major action cannot approve it as well.')
    const approval = { by: 'lead', name: actor.name, at: isoNow(this.#deps.clock), text } as const
    const approved: PlannedAction = { ...action, state: 'approved', approval, version: version + 1 }
    const body = { ...aboutOf(action), state: 'approved', by: 'lead', text }
    await this.#write(ticketId, approved, { kind: 'action.judged', body, actor })
    await this.#noMoreAsked(action, actor)
    return approved
  }

  /**
   * Records how an action ended. A person who agreed to it is told what came of it (SPEC T50).
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when it lacks approval, has ended, or somebody changed it meanwhile
   */
  async end(ticketId: TicketId, actionId: ActionId, result: ActionResult, actor: Actor): Promise<PlannedAction> {
    const { version, state, outcome } = result
    const { action, ticket } = await this.#movable(ticketId, actionId, state)
    const ended: PlannedAction = {
      ...action,
      ...{ state, outcome, endedAt: isoNow(this.#deps.clock), endedBy: doerOf(actor), version: version + 1 },
    }
    const body = { ...aboutOf(action), state, ...outcome }
    const told = await this.#toldAfterwards(ticket, ended, actor)
    await this.#write(ticketId, ended, { kind: 'action.done', body, actor }, told)
    if (told.length > 0) announceMessage(this.#deps.bus, ticketId)
    await this.#noMoreAsked(action, actor)
    return ended
  }

  /** The message to the person who agreed, written with the end itself: it comes once, and never without it. */
  async #toldAfterwards(ticket: Ticket, ended: PlannedAction, actor: Actor): Promise<readonly LogDraft[]> {
    const end = endToTell(ended)
    if (end === null) return []
    const { clock, mails } = this.#deps
    const written = { body: { text: wordsAfterwards(end) }, mails: await mails.ofActionEnd(ticket, end) }
    return [{ ticketId: ticket.id, at: isoNow(clock), kind: 'message.sent', actor, ...written }]
  }

  /** A question about an action that was decided otherwise does not go on standing before the person. */
  async #noMoreAsked({ state, askId }: PlannedAction, actor: Actor): Promise<void> {
    if (state === 'asked' && askId !== null) await takeBack(this.#deps.asks, askId, actor)
  }

  async #movable(ticketId: TicketId, actionId: ActionId, to: ActionState) {
    const ticket = await openTicket(this.#deps, ticketId)
    const action = (await this.#deps.store.method.read(ticketId)).actions.find(({ id }) => id === actionId)
    if (action === undefined) throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no action ${actionId}.`)
    const problem = moveProblem(action, to)
    if (problem !== null) throw new AskFirstError('CONFLICT', problem)
    return { action, ticket }
  }

  async #write(
    ticketId: TicketId,
    record: PlannedAction,
    { kind, body, actor }: { readonly kind: LogKind; readonly body: Record<string, unknown>; readonly actor: Actor },
    more: readonly LogDraft[] = [],
  ): Promise<void> {
    const entry = { ticketId, kind, body: { actionId: record.id, ...body }, actor }
    await writeRecord(this.#deps, { kind: 'action', record }, entry, more)
  }
}

function aboutOf({ what, deviceId }: PlannedAction) {
  return { what, deviceId }
}
