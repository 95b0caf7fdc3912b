import { AskFirstError, isErrorCode } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { AppointmentId, DeviceId, GrantId, RequestId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { ConsentWindow } from '@askfirst/protocol/window.ts'
import { isoNow } from '../clock.ts'
import { runAllowed } from '../runs/run-allowed.ts'
import type { Role, StoredRequest, Ticket, User } from '../store/entities.ts'
import type { ConsentDeps } from './consent-deps.ts'
import { deviceActor, logDraft, publishChange, SERVER_ACTOR } from './consent-deps.ts'
import { loadDeviceCollectors } from './device-collectors.ts'
import type { Asking } from './make-request.ts'
import { makeRequest } from './make-request.ts'
import type { Preview } from './preview.ts'
import { completed, Problems, previewNotice } from './preview.ts'
import type { RecordOutcome } from './receipts.ts'
import { recordReceipt, recordRevocation } from './receipts.ts'
import { isUnderstood, latestEnd, windowAsked } from './window.ts'

export type { RecordOutcome } from './receipts.ts'

/** Why the desk takes a request back; the words of `consent.withdraw`. */
export type WithdrawReason = MessageNamed<'consent.withdraw'>['reason']

/** How long after its time a request waits for the device to report: an answer in the last second still has to arrive. */
const ANSWER_GRACE_MS = 600_000
const OVERDUE_PER_SWEEP = 500

const OPEN_STATES: readonly StoredRequest['state'][] = ['asked', 'received', 'shown']

/** Consent on the server's side: asks, withdraws, verifies and records what the device signed. It can allow nothing itself. */
export class ConsentService {
  readonly #deps: ConsentDeps

  constructor(deps: ConsentDeps) {
    this.#deps = deps
  }

  /**
   * Asks the person at a device. The request is stored as it will be sent, logged, and sent now or at the next connect.
   *
   * @param take puts a ticket that nobody has into the caller's hands (SPEC T16), once nothing stands in the way of asking
   * @throws AskFirstError NOT_FOUND, CONFLICT, NOT_ALLOWED, DEVICE_QUARANTINED, REQUEST_TOO_MANY, COLLECTOR_UNKNOWN,
   *   COLLECTOR_UNAVAILABLE, PARAMS_INVALID, INVALID_REQUEST, TECHNICIAN_REPORTED, AGENT_TOO_OLD
   */
  async ask(
    ticketId: TicketId,
    caller: { readonly user: User; readonly role: Role },
    asking: Asking,
    take?: () => Promise<void>,
  ): Promise<StoredRequest> {
    const { store, clock, terms } = this.#deps
    await this.#openTicket(ticketId, caller.user, asking.deviceId)
    const collectors = await this.#checkDevice(asking)
    await this.#refuseReported(asking.deviceId, caller.user)
    if (caller.role === 'auditor') throw new AskFirstError('NOT_ALLOWED', 'An auditor asks nobody for data.')
    const window = await this.#window(ticketId, asking)
    await take?.()
    // Somebody else may have taken it at the same moment.
    const ticket = await this.#openTicket(ticketId, caller.user, asking.deviceId)
    const technician = { id: caller.user.id, name: caller.user.name, role: caller.role }
    const replaces = await this.#replaced(ticket, caller.user, asking.deviceId)
    const request = makeRequest({
      clock,
      ticket,
      technician,
      asking: { ...asking, collectors },
      terms,
      replaces,
      window,
    })
    await store.consent.create(
      request,
      this.#draft(request, { kind: 'user', id: technician.id, name: technician.name }, 'consent.requested', {
        requestId: request.id,
        requestSha256: request.requestSha256,
        matchCode: request.matchCode,
        request: request.request,
      }),
    )
    await this.#send(request)
    publishChange(this.#deps.bus, ticketId, 'request', request.id)
    return request
  }

  /**
   * What the person would see of a request, and what would keep it from being asked. Nothing is stored or sent.
   *
   * @throws AskFirstError NOT_FOUND, NOT_ALLOWED, INVALID_REQUEST
   */
  async preview(
    ticketId: TicketId,
    caller: { readonly user: User; readonly role: Role },
    asking: Asking,
    { language, timeZone }: { readonly language: Language; readonly timeZone: string },
  ): Promise<Preview> {
    const { store, clock, terms, link } = this.#deps
    const [ticket, device] = await Promise.all([store.tickets.get(ticketId), store.devices.get(asking.deviceId)])
    if (ticket === null || device === null || !ticket.deviceIds.includes(device.id))
      throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId} with a device ${asking.deviceId}.`)
    if (caller.role === 'auditor') throw new AskFirstError('NOT_ALLOWED', 'An auditor asks nobody for data.')
    const problems = new Problems()
    await problems.of(() => this.#openTicket(ticketId, caller.user, device.id), ticket)
    await problems.of(() => this.#refuseReported(device.id, caller.user), undefined)
    await problems.of(() => this.#checkDevice(asking), [])
    if (!link.isOnline(device.id))
      problems.add({ code: 'DEVICE_OFFLINE', detail: 'The device is not connected; it is asked when it is.' })
    const known = await loadDeviceCollectors(store, device)
    const collectors = await completed(asking, known, problems)
    const technician = { id: caller.user.id, name: caller.user.name, role: caller.role }
    const replaces = await this.#replaced(ticket, caller.user, device.id)
    const window = await problems.of(() => this.#window(ticketId, asking), null)
    const made = makeRequest({ clock, ticket, technician, asking: { ...asking, collectors }, terms, replaces, window })
    const openedHere = await store.statements.openedAt(ticket.id, device.id)
    return { ...previewNotice(made.request, known, { language, timeZone, openedHere }), problems: problems.found }
  }

  /** The window that is asked for; null: none. @throws AskFirstError as `windowAsked`; AGENT_TOO_OLD */
  async #window(ticketId: TicketId, asking: Asking): Promise<ConsentWindow | null> {
    const { store, clock, link } = this.#deps
    const window = await windowAsked(store, ticketId, { asking, now: clock.now() })
    const { deviceId } = asking
    if (window !== null && link.isOnline(deviceId) && !isUnderstood(link, { deviceId, window })) throw tooOld()
    return window
  }

  /** Sends a request now or at the next connect; an agent that would not understand it is sent nothing (SPEC C28). */
  async #send(stored: StoredRequest): Promise<void> {
    const { store, link, bus } = this.#deps
    if (isUnderstood(link, stored.request)) return void link.send(stored.deviceId, stored.request)
    if (!link.isOnline(stored.deviceId)) return
    const { code, message: detail } = tooOld()
    const log = this.#draft(stored, SERVER_ACTOR, 'consent.refused', { requestId: stored.id, code, detail })
    const advanced = await store.consent.advance(stored.id, 'rejected', code, log)
    if (advanced !== null) publishChange(bus, stored.ticketId, 'request', stored.id)
  }

  listForTicket(ticketId: TicketId): Promise<readonly StoredRequest[]> {
    return this.#deps.store.consent.listForTicket(ticketId)
  }

  /**
   * Takes a request back; a grant that came of it ends with its runs (SPEC C14). Doing it again changes nothing.
   *
   * @throws AskFirstError REQUEST_UNKNOWN
   */
  async withdraw(ticketId: TicketId, id: RequestId, actor: Actor): Promise<StoredRequest> {
    const stored = await this.#deps.store.consent.get(id)
    if (stored === null || stored.ticketId !== ticketId)
      throw new AskFirstError('REQUEST_UNKNOWN', `Ticket ${ticketId} has no request ${id}.`)
    await this.#end(stored, 'withdrawn', actor)
    return (await this.#deps.store.consent.get(id)) ?? stored
  }

  /**
   * Follows a ticket: when it was closed all of its requests and grants ended with it, and their devices are told; when
   * someone else has it, those of the others end, because a grant is not inherited (SPEC C13, C14).
   */
  async ticketChanged(ticketId: TicketId): Promise<void> {
    const ticket = await this.#deps.store.tickets.get(ticketId)
    if (ticket === null) return
    const isClosed = ticket.state === 'closed'
    for (const stored of await this.#deps.store.consent.listForTicket(ticketId)) {
      const hasOther = ticket.assigneeId !== null && ticket.assigneeId !== stored.technicianId
      if (isClosed) this.#tellClosed(stored)
      else if (hasOther) await this.#end(stored, 'reassigned', SERVER_ACTOR)
    }
  }

  /** What ended with the ticket ended in the store already (SPEC T6); a device that is away hears of it when it connects. */
  #tellClosed({ id, ticketId, deviceId, stateReason, grantEndReason }: StoredRequest): void {
    if (stateReason !== 'ticket-closed' && grantEndReason !== 'ticket-closed') return
    this.#deps.link.send(deviceId, withdrawMessage(id, 'ticket-closed'))
    publishChange(this.#deps.bus, ticketId, 'request', id)
  }

  /**
   * Takes back requests that nobody answered in time and whose device never said so, because it is off or gone (SPEC C2).
   * What the device signed and delivers later is still recorded; a permission in it has ended.
   *
   * @returns how many
   */
  async expireOverdue(): Promise<number> {
    const { store, clock } = this.#deps
    const before = new Date(clock.now() - ANSWER_GRACE_MS).toISOString()
    const overdue = await store.consent.unanswered(before, OVERDUE_PER_SWEEP)
    for (const stored of overdue) await this.#end(stored, 'expired', SERVER_ACTOR)
    return overdue.length
  }

  /**
   * Follows an appointment that was cancelled: what was asked and allowed for its times ended in the store with it, and the
   * devices are told (SPEC C27).
   */
  async appointmentCancelled(ticketId: TicketId, appointmentId: AppointmentId): Promise<void> {
    const { store, link, runs, bus } = this.#deps
    for (const { id, deviceId, grant, request } of await store.consent.listForTicket(ticketId)) {
      if (request.window?.appointmentId !== appointmentId) continue
      link.send(deviceId, withdrawMessage(id, 'withdrawn'))
      if (grant !== null) await runs.endForGrant({ grantId: grant.grantId, deviceId }, 'RUN_CANCELLED')
      publishChange(bus, ticketId, 'request', id)
    }
  }

  /**
   * Grants that the desk ended before this instant have ended on their devices by themselves, for none lasts longer (L14);
   * those that were given ahead when their window had passed by then.
   */
  endedSince(): string {
    return new Date(this.#deps.clock.now() - LIMITS.maxGrantMs).toISOString()
  }

  /** Sends a device that connected what it has not answered, and what was taken back meanwhile. */
  async deliver(deviceId: DeviceId): Promise<void> {
    for (const stored of await this.#deps.store.consent.openForDevice(deviceId, this.endedSince()))
      await this.#deliverOne(stored)
  }

  async #deliverOne(stored: StoredRequest): Promise<void> {
    const lateMs = this.#deps.clock.now() - Date.parse(stored.answerBy)
    if (stored.state === 'asked' && lateMs > 0) return this.#end(stored, 'expired', SERVER_ACTOR)
    const isOver = stored.grantEndedAt !== null || stored.state === 'withdrawn'
    // What was long over on the device before the desk took it back needs no message.
    if (stored.grantEndedAt === null && isLongOver(stored, this.#deps.clock.now())) return
    if (!isOver) return this.#send(stored)
    this.#deps.link.send(stored.deviceId, withdrawMessage(stored.id, withdrawReason(stored)))
  }

  /** Notes how far a request got on the device. */
  async seen(from: DeviceId, message: MessageNamed<'consent.seen'>): Promise<void> {
    const stored = await this.#ofDevice(from, message.requestId)
    if (stored === null) return
    const advanced = await this.#deps.store.consent.advance(stored.id, message.state, null, null)
    if (advanced === null) return
    this.#deps.bus.publish({ topic: `ticket/${stored.ticketId}`, kind: 'request', id: stored.id })
    this.#deps.bus.publish({ topic: 'queue', kind: 'activity', id: stored.ticketId })
  }

  /** Records that the device did not even show a request. */
  async refused(from: DeviceId, message: MessageNamed<'consent.refused'>): Promise<void> {
    const stored = await this.#ofDevice(from, message.requestId)
    if (stored === null) return
    const code = isErrorCode(message.code) ? message.code : 'REQUEST_INVALID'
    const body = { requestId: stored.id, code, detail: message.detail }
    const log = this.#draft(stored, deviceActor(from), 'consent.refused', body)
    const advanced = await this.#deps.store.consent.advance(stored.id, 'rejected', code, log)
    if (advanced !== null) publishChange(this.#deps.bus, stored.ticketId, 'request', stored.id)
  }

  /** @see recordReceipt */
  async recordReceipt(from: DeviceId, requestId: RequestId, jws: string): Promise<RecordOutcome> {
    const outcome = await recordReceipt(this.#deps, from, { requestId, jws })
    if (outcome.ok) {
      await this.#endIfTakenOver(requestId)
      await runAllowed(this.#deps, requestId)
    } else
      this.#deps.log.warn({ deviceId: from, requestId, code: outcome.code, detail: outcome.detail }, 'receipt refused')
    return outcome
  }

  /** @see recordRevocation */
  async recordRevocation(from: DeviceId, grantId: GrantId, jws: string): Promise<RecordOutcome> {
    const outcome = await recordRevocation(this.#deps, from, { grantId, jws })
    if (!outcome.ok)
      this.#deps.log.warn({ deviceId: from, grantId, code: outcome.code, detail: outcome.detail }, 'revocation refused')
    return outcome
  }

  /** An answer that crossed the ticket's closing or reassignment on the way gives a grant that ends at once. */
  async #endIfTakenOver(requestId: RequestId): Promise<void> {
    const stored = await this.#deps.store.consent.get(requestId)
    if (stored?.grant !== null && stored?.grantEndedAt === null) await this.ticketChanged(stored.ticketId)
  }

  async #end(stored: StoredRequest, reason: WithdrawReason, actor: Actor): Promise<void> {
    const { store, clock, link, runs, bus } = this.#deps
    const grantId = stored.grant?.grantId ?? null
    const log = this.#draft(stored, actor, 'consent.withdrawn', { requestId: stored.id, grantId, reason })
    if (OPEN_STATES.includes(stored.state)) {
      if ((await store.consent.advance(stored.id, 'withdrawn', reason, log)) === null)
        return this.#endAnswered(stored, reason, actor)
    } else if (grantId !== null && stored.grantEndedAt === null) {
      const endReason = reason === 'ticket-closed' ? 'ticket-closed' : 'withdrawn'
      if (!(await store.consent.endGrant(grantId, { at: isoNow(clock), reason: endReason, log }))) return
      await runs.endForGrant({ grantId, deviceId: stored.deviceId }, 'RUN_CANCELLED')
    } else return
    link.send(stored.deviceId, withdrawMessage(stored.id, reason))
    publishChange(bus, stored.ticketId, 'request', stored.id)
  }

  /** The person's answer was first: what they allowed ends. */
  async #endAnswered(before: StoredRequest, reason: WithdrawReason, actor: Actor): Promise<void> {
    const stored = await this.#deps.store.consent.get(before.id)
    if (stored !== null && !OPEN_STATES.includes(stored.state)) await this.#end(stored, reason, actor)
  }

  async #ofDevice(from: DeviceId, id: RequestId): Promise<StoredRequest | null> {
    const stored = await this.#deps.store.consent.get(id)
    return stored !== null && stored.deviceId === from ? stored : null
  }

  async #openTicket(ticketId: TicketId, user: User, deviceId: DeviceId): Promise<Ticket> {
    const ticket = await this.#deps.store.tickets.get(ticketId)
    if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${ticketId}.`)
    if (ticket.state === 'closed')
      throw new AskFirstError('CONFLICT', 'The ticket is closed; nobody is asked for it any more.')
    if (ticket.assigneeId !== null && ticket.assigneeId !== user.id) {
      throw new AskFirstError('NOT_ALLOWED', 'Someone else works on this ticket; take it over before you ask.')
    }
    if (!ticket.deviceIds.includes(deviceId))
      throw new AskFirstError('NOT_FOUND', `Ticket ${ticketId} has no device ${deviceId}.`)
    return ticket
  }

  async #checkDevice(asking: Asking): Promise<Asking['collectors']> {
    const { store } = this.#deps
    const device = await store.devices.get(asking.deviceId)
    if (device === null) throw new AskFirstError('NOT_FOUND', `There is no device ${asking.deviceId}.`)
    if (device.standing === 'quarantined')
      throw new AskFirstError('DEVICE_QUARANTINED', 'The device waits for approval.')
    if (device.standing === 'revoked') throw new AskFirstError('CONFLICT', 'The device was shut out.')
    if (!asking.purpose.isWellFormed())
      throw new AskFirstError('INVALID_REQUEST', 'The purpose has a broken character.')
    const ids = new Set(asking.collectors.map(({ id }) => id))
    if (ids.size !== asking.collectors.length)
      throw new AskFirstError('INVALID_REQUEST', 'Each collector is asked for once.')
    const collectors = await loadDeviceCollectors(store, device)
    const complete = asking.collectors.map(({ id, params }) => ({ id, params: collectors.complete(id, params) }))
    const waiting = (await store.consent.openForDevice(device.id)).filter(({ state }) => OPEN_STATES.includes(state))
    if (waiting.length >= LIMITS.maxPendingRequests) {
      throw new AskFirstError('REQUEST_TOO_MANY', `${waiting.length} requests wait for an answer on this device.`)
    }
    return complete
  }

  /** A person reported this technician: until a lead has looked at it they ask this device nothing (SPEC C20). */
  async #refuseReported(deviceId: DeviceId, user: User): Promise<void> {
    const report = await this.#deps.store.reports.openAgainst(deviceId, user.id)
    if (report !== null)
      throw new AskFirstError('TECHNICIAN_REPORTED', `The person at this device reported you (${report.id}).`)
  }

  /** What the person is told about an earlier permission on this ticket: it is not inherited (SPEC C13). */
  async #replaced(
    ticket: Ticket,
    user: User,
    deviceId: DeviceId,
  ): Promise<NonNullable<ConsentRequest['replaces']> | null> {
    const earlier = (await this.#deps.store.consent.listForTicket(ticket.id))
      .filter((stored) => stored.deviceId === deviceId && stored.grant !== null)
      .at(-1)
    if (earlier === undefined || earlier.grant === null) return null
    const technicianName = earlier.request.technician.name
    const { grantId } = earlier.grant
    if (earlier.technicianId !== user.id) {
      return { grantId, technicianName, why: ticket.level > 1 ? 'escalation' : 'reassignment' }
    }
    const isLive = earlier.grantEndedAt === null && Date.parse(earlier.grant.expiresAt) > this.#deps.clock.now()
    return isLive ? { grantId, technicianName, why: 'more-data' } : null
  }

  #draft(
    stored: StoredRequest,
    actor: Actor,
    kind: 'consent.requested' | 'consent.withdrawn' | 'consent.refused',
    body: object,
  ) {
    return logDraft(this.#deps.clock, {
      ticketId: stored.ticketId,
      actor,
      kind,
      body: { ...body, deviceId: stored.deviceId },
    })
  }
}

function tooOld(): AskFirstError {
  return new AskFirstError('AGENT_TOO_OLD', 'The agent on the device does not know permissions for an appointment.')
}

/** Whether a grant of a request has ended on its device by itself, also on one whose clock is a little behind. */
function isLongOver(stored: StoredRequest, now: number): boolean {
  return Math.max(latestEnd(stored), Date.parse(stored.answerBy) + LIMITS.maxGrantMs) < now
}

function withdrawMessage(requestId: RequestId, reason: WithdrawReason): MessageNamed<'consent.withdraw'> {
  return { type: 'consent.withdraw', requestId, reason }
}

function withdrawReason({ stateReason, grantEndReason }: StoredRequest): WithdrawReason {
  const known: readonly WithdrawReason[] = ['withdrawn', 'ticket-closed', 'reassigned', 'expired']
  return known.find((reason) => reason === stateReason || reason === grantEndReason) ?? 'withdrawn'
}
