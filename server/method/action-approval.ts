import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { ActionId, AskId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow } from '../clock.ts'
import type { AskService } from '../people/ask-service.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { PlannedAction } from '../store/method-entities.ts'
import type { Store } from '../store/store.ts'
import { SYSTEM_ACTOR } from '../users/caller.ts'
import { moveProblem } from './action-moves.ts'
import type { MethodDeps } from './write-record.ts'
import { openTicket, writeRecord } from './write-record.ts'

/** How often an answer is written again when somebody changed its action at the same moment. */
const MAX_TRIES = 5

interface ApprovalDeps extends MethodDeps {
  readonly store: MethodDeps['store'] & Pick<Store, 'asks'>
  readonly asks: Pick<AskService, 'ask' | 'withdraw'>
}

/** Asks the person of a ticket whether a major action may be carried out (SPEC T25). */
export class ActionApproval {
  readonly #deps: ApprovalDeps

  constructor(deps: ApprovalDeps) {
    this.#deps = deps
  }

  /**
   * Puts the question to the person; their signed answer decides.
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when the action needs no answer or has one, somebody changed it meanwhile, or
   *   too many questions stand open
   */
  async ask(ticketId: TicketId, actionId: ActionId, version: number, actor: Actor): Promise<PlannedAction> {
    const { store, asks } = this.#deps
    await openTicket(this.#deps, ticketId)
    const action = (await store.method.read(ticketId)).actions.find(({ id }) => id === actionId)
    if (action === undefined) throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no action ${actionId}.`)
    const problem = moveProblem(action, 'asked')
    if (problem !== null) throw new AskFirstError('CONFLICT', problem)
    if (action.version !== version) throw new AskFirstError('CONFLICT', 'Somebody changed the action meanwhile.')
    const { what, risk, doer, why, undo, deviceId } = action
    const words = { ...(why === null ? {} : { why }), ...(undo === null ? {} : { undo }) }
    const body = { action: what, risk, who: doer.name, ...words }
    const { id: askId } = await asks.ask(ticketId, { kind: 'approve-action', body }, actor)
    const record: PlannedAction = { ...action, state: 'asked', askId, version: version + 1 }
    const entry = { ticketId, kind: 'action.asked', body: { actionId, what, deviceId, askId }, actor } as const
    try {
      await writeRecord(this.#deps, { kind: 'action', record }, entry)
    } catch (error) {
      // A question without its action must not stand before the person.
      await takeBack(this.#deps.asks, askId, actor)
      throw error
    }
    // They may have answered before the action knew its question.
    const asked = await store.asks.get(askId)
    if (asked !== null) await recordAnswer(this.#deps, asked)
    return record
  }
}

/** Takes a question back; one that was answered or taken back already stays as it is. */
export async function takeBack(asks: Pick<AskService, 'withdraw'>, askId: AskId, actor: Actor): Promise<void> {
  try {
    await asks.withdraw(askId, actor)
  } catch (error) {
    if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
  }
}

/** Lets the person's signed answer decide about the action that was asked for; the same answer again changes nothing. */
export async function recordAnswer(deps: MethodDeps, asked: StoredAsk): Promise<void> {
  const { ticketId, ask, answer } = asked
  if (ask.kind !== 'approve-action' || answer === null) return
  for (let left = MAX_TRIES; ; left -= 1) {
    try {
      return await writeAnswer(deps, asked, answer)
    } catch (error) {
      if (!(error instanceof AskFirstError && error.code === 'CONFLICT')) throw error
      const ticket = await deps.store.tickets.get(ticketId)
      // What was asked at a ticket that is closed by now is decided no more.
      if (ticket === null || ticket.state === 'closed' || left === 1) return
    }
  }
}

async function writeAnswer(
  deps: MethodDeps,
  { id, ticketId }: StoredAsk,
  { choice, osUser, text }: NonNullable<StoredAsk['answer']>,
): Promise<void> {
  const { actions } = await deps.store.method.read(ticketId)
  const action = actions.find(({ askId, state }) => askId === id && state === 'asked')
  if (action === undefined) return
  const state = choice === 'approved' ? 'approved' : 'declined'
  const approval = { by: 'person', name: osUser, at: isoNow(deps.clock), text } as const
  const record: PlannedAction = { ...action, state, approval, version: action.version + 1 }
  const { what, deviceId } = action
  const body = { actionId: action.id, what, deviceId, state, by: 'person', name: osUser, text }
  await writeRecord(deps, { kind: 'action', record }, { ticketId, kind: 'action.judged', body, actor: SYSTEM_ACTOR })
}
