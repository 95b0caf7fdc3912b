import { createHash } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AskId, DeviceId, StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { attachmentsOf, STATEMENT_TYP, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import type { Logger } from 'pino'
import { Compile } from 'typebox/compile'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import { deviceActor, logDraft } from '../consent/consent-deps.ts'
import type { RecordOutcome } from '../consent/receipts.ts'
import { loadSigner, refused } from '../consent/receipts.ts'
import { verifyJws } from '../consent/verify-jws.ts'
import type { MailWriter } from '../mail/mail-writer.ts'
import { hearAtDevice } from '../requester/heard-language.ts'
import { readSettings } from '../settings/settings-service.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { Ticket } from '../store/entities.ts'
import type { Statement, StatementBounds } from '../store/person-entities.ts'
import type { Store } from '../store/store.ts'
import { announceMessage, announceTicket, differences } from '../tickets/follow-up.ts'
import { newTicket } from '../tickets/new-ticket.ts'
import { answeredAsk } from './answered-ask.ts'
import type { AskHook } from './ask-hook.ts'
import { announceAsk } from './ask-service.ts'
import { MAX_FILE_BYTES_PER_DAY } from './file-kinds.ts'
import { openedTicket } from './opened-ticket.ts'
import { statementProblem } from './statement-problem.ts'
import { changeOf } from './ticket-answer.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** How often a statement is tried again when the desk changed its ticket at the same moment. */
const MAX_TRIES = 5

const isStatementRecord = Compile(StatementRecord)
const RECORDED: RecordOutcome = { ok: true }

export interface StatementDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  /** Ends what the ticket as it is now no longer allows; as after a change by the desk. */
  readonly afterChange: (ticketId: TicketId) => Promise<void>
  readonly askHooks: readonly AskHook[]
  readonly mails: Pick<MailWriter, 'ofPersonsMove'>
}

interface Signed {
  readonly record: StatementRecord
  readonly jws: string
  readonly statement: Statement
  readonly deviceName: string
}

/** What people say about their tickets: verified, appended to the findings log as signed, then followed (SPEC P1, P2, P9). */
export class StatementService {
  readonly #deps: StatementDeps

  constructor(deps: StatementDeps) {
    this.#deps = deps
  }

  /** Verifies a signed statement and records it with all that follows from it. A refusal is for good. */
  async record(
    from: DeviceId,
    { statementId, jws }: { readonly statementId: StatementId; readonly jws: string },
  ): Promise<RecordOutcome> {
    const outcome = await this.#record(from, statementId, jws)
    if (!outcome.ok) {
      const { code, detail } = outcome
      this.#deps.log.warn({ deviceId: from, statementId, code, detail }, 'statement refused')
    }
    return outcome
  }

  async #record(from: DeviceId, statementId: StatementId, jws: string): Promise<RecordOutcome> {
    const jwsSha256 = createHash('sha256').update(jws).digest('hex')
    const known = await this.#deps.store.statements.get(statementId)
    // What stands in the log was verified when it came; its ticket may be closed by now.
    if (known !== null && known.deviceId === from && known.jwsSha256 === jwsSha256) return this.#again(known)
    if (known !== null) return refused('STATEMENT_INVALID', 'its id stands for another statement')
    const signer = await loadSigner(this.#deps, from)
    const verified = verifyJws(jws, STATEMENT_TYP, signer.certificates)
    if (!verified.ok) return refused('STATEMENT_INVALID', verified.reason)
    if (!isStatementRecord.Check(verified.payload))
      return refused('STATEMENT_INVALID', 'its payload is not a statement record')
    const record = verified.payload
    const problem = statementProblem(record, { statementId, from, certificate: verified.certificate })
    if (problem !== null) return refused('STATEMENT_INVALID', problem)
    const { ticketId, said, at, osUser } = record
    const of = { id: statementId, ticketId, deviceId: from, kind: said.kind, at, osUser } as const
    const statement: Statement = {
      ...of,
      jwsSha256,
      recordedAt: isoNow(this.#deps.clock),
      attachments: attachmentsOf(said),
    }
    return this.#store({ record, jws, statement, deviceName: signer.device.name })
  }

  async #store(signed: Signed): Promise<RecordOutcome> {
    try {
      await (signed.record.said.kind === 'opened' ? this.#open(signed) : this.#say(signed))
      return RECORDED
    } catch (error) {
      if (!(error instanceof AskFirstError)) throw error
      if (error.code === 'TOO_MANY_TICKETS' || error.code === 'ASK_CLOSED') return refused(error.code, error.message)
      // Ids are the device's to choose; one that stands for something else already is refused, not tried again.
      if (['CONFLICT', 'NOT_FOUND', 'STATEMENT_INVALID'].includes(error.code))
        return refused('STATEMENT_INVALID', error.message)
      throw error
    }
  }

  /** The ticket and its first two entries come in one transaction. */
  async #open(signed: Signed): Promise<void> {
    const { store, clock, bus } = this.#deps
    const { record, statement } = signed
    const { ticketId, deviceId, said, language } = record
    if (said.kind !== 'opened') throw new TypeError(`A statement of kind ${said.kind} opens no ticket`)
    const { priorityMatrix: matrix } = await readSettings(store)
    const at = statement.recordedAt
    const { ticket, body } = newTicket(openedTicket({ said, deviceId, language }), { id: ticketId, at, matrix })
    const log = logDraft(clock, { ticketId, actor: actorOf(signed), kind: 'ticket.opened', body })
    const bounds = this.#bounds()
    const outcome = await store.statements.record({
      statement,
      bounds,
      opens: { ticket, log },
      log: this.#stated(signed),
    })
    if (outcome === 'known') return
    announceTicket(bus, ticketId)
    announceMessage(bus, ticketId)
  }

  /** A reply or an answer, with what it does to the ticket as it is at that very moment. */
  async #say(signed: Signed): Promise<void> {
    const { bus, afterChange } = this.#deps
    const { ticketId, said } = signed.record
    const asked = said.kind === 'decided' ? await answeredAsk(this.#deps.store, { ...said, ticketId }) : null
    for (let left = MAX_TRIES; ; left -= 1) {
      const before = await this.#ownTicket(signed.record, asked)
      try {
        if (await this.#sayIn(before, signed)) {
          await afterChange(ticketId)
          announceTicket(bus, ticketId)
        }
        await hearAtDevice(this.#deps, signed.record)
        announceMessage(bus, ticketId)
        return asked === null ? undefined : await this.#answered(asked.id)
      } catch (error) {
        const isRace = error instanceof AskFirstError && error.code === 'CONFLICT' && (await this.#moved(before))
        if (!isRace || left <= 1) throw error
      }
    }
  }

  /** @returns whether the ticket changed */
  async #sayIn(before: Ticket, signed: Signed): Promise<boolean> {
    const { store, clock, mails } = this.#deps
    const { record, statement } = signed
    const columns = changeOf(record.said, before)
    const changes = differences(before, columns)
    const isChange = Object.keys(changes).length > 0
    const log = logDraft(clock, {
      ticketId: before.id,
      actor: actorOf(signed),
      kind: 'ticket.changed',
      body: { changes },
      mails: await mails.ofPersonsMove(before, columns),
    })
    const change = { version: before.version, columns: { ...columns, updatedAt: log.at }, log }
    const outcome = await store.statements.record({
      statement,
      bounds: this.#bounds(),
      ...(isChange ? { change } : {}),
      ...this.#answers(signed),
      log: this.#stated(signed),
    })
    return isChange && outcome === 'recorded'
  }

  /** The answer that a statement gives to a question of the desk, with its entry. */
  #answers(signed: Signed): Pick<Parameters<Store['statements']['record']>[0], 'answers'> {
    const { statementId, ticketId, said, osUser } = signed.record
    if (said.kind !== 'decided') return {}
    const { askId, choice, text } = said
    const body = { askId, statementId, choice, ...(text === undefined ? {} : { text }) }
    const log = logDraft(this.#deps.clock, { ticketId, actor: actorOf(signed), kind: 'ask.answered', body })
    return { answers: { askId, choice, text: text ?? null, osUser, at: log.at, log } }
  }

  /** What follows from an answer that is durable; whoever fails in it is called again when the device repeats itself. */
  async #answered(id: AskId): Promise<void> {
    const { store, bus, askHooks } = this.#deps
    const ask = await store.asks.get(id)
    if (ask === null) throw new TypeError(`The question ${id} was answered and is not there`)
    for (const hook of askHooks) if (hook.kind === ask.ask.kind) await hook.onAnswered(ask)
    announceAsk(bus, ask)
  }

  /** What the server has already; the question that it answered may still lack what follows from it. */
  async #again(known: Statement): Promise<RecordOutcome> {
    if (known.kind !== 'decided') return RECORDED
    const asks = await this.#deps.store.asks.listForTicket(known.ticketId)
    const asked = asks.find(({ answer }) => answer?.statementId === known.id)
    if (asked !== undefined) await this.#answered(asked.id)
    return RECORDED
  }

  /** A ticket of the device that is not closed; feedback can be given in one that is (SPEC P15). */
  async #ownTicket({ ticketId, deviceId }: StatementRecord, asked: StoredAsk | null): Promise<Ticket> {
    const ticket = await this.#deps.store.tickets.get(ticketId)
    if (ticket === null || !ticket.deviceIds.includes(deviceId))
      throw new AskFirstError('NOT_FOUND', 'there is no such ticket of this device')
    if (ticket.state === 'closed' && asked?.ask.kind !== 'feedback')
      throw new AskFirstError('CONFLICT', 'its ticket is closed')
    return ticket
  }

  async #moved(before: Ticket): Promise<boolean> {
    return (await this.#deps.store.tickets.get(before.id))?.version !== before.version
  }

  #bounds(): StatementBounds {
    const now = this.#deps.clock.now()
    return {
      openTickets: LIMITS.maxOwnTickets,
      statements: { since: new Date(now - HOUR_MS).toISOString(), most: LIMITS.maxStatementsPerHour },
      fileBytes: { since: new Date(now - DAY_MS).toISOString(), most: MAX_FILE_BYTES_PER_DAY },
    }
  }

  #stated(signed: Signed) {
    const { record, jws } = signed
    const { statementId, ticketId, osUser, at, said } = record
    const body = { statementId, osUser, statedAt: at, said, jws }
    return logDraft(this.#deps.clock, { ticketId, actor: actorOf(signed), kind: 'person.stated', body })
  }
}

function actorOf({ record, deviceName }: Signed) {
  return deviceActor(record.deviceId, deviceName)
}
