import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import type { JwsHeader } from '@askfirst/protocol/consent-record.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import { STATEMENT_TYP, StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { sha256Hex } from '../consent/build-record.ts'
import type { HeldTicket } from './held-ticket.ts'

/** Longest JWS that a `person.statement` carries. */
const MAX_JWS_LENGTH = 65_536
const HOUR_MS = 3_600_000
/** Most statements that wait for the server: what four hours without it can bring. */
const MAX_WAITING = 4 * LIMITS.maxStatementsPerHour
const validator = schemaCheck(StatementRecord)

/**
 * Signs what a person says (SPEC P1), with every text in a form that has a canonical JSON.
 *
 * @throws AskFirstError INVALID_REQUEST when a text is missing or too long
 */
export function signStatement(
  said: StatementRecord,
  sign: (typ: JwsHeader['typ'], payload: string) => string,
): { readonly record: StatementRecord; readonly jws: string; readonly sha256: string } {
  // Only texts change, so the form stays; it is checked right after.
  const record = JSON.parse(JSON.stringify(said, (_key, value) => wellFormed(value))) as StatementRecord
  if (!validator.Check(record)) {
    const where = validator.Errors(record)[0]?.instancePath.split('/').at(-1) ?? 'something'
    throw new AskFirstError('INVALID_REQUEST', `The help desk does not take this: "${where}" is missing or too long.`)
  }
  const jws = sign(STATEMENT_TYP, canonicalJson(record))
  if (jws.length > MAX_JWS_LENGTH)
    throw new AskFirstError('INVALID_REQUEST', 'All texts together are too long. Say a part of it in a reply.')
  return { record, jws, sha256: sha256Hex(jws) }
}

function wellFormed(value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value
}

/** @throws AskFirstError TOO_MANY_TICKETS when people said 60 things within the hour (SPEC L22), or too much waits for the server */
export function checkRate(tickets: Iterable<HeldTicket>, nowMs: number): void {
  const all = [...tickets].flatMap(({ statements }) => statements)
  // A clock that was set back counts as well: what was said lies within an hour on either side.
  const recent = all.filter(({ record }) => Math.abs(nowMs - Date.parse(record.at)) < HOUR_MS).length
  const waiting = all.filter(({ state }) => state === 'waiting').length
  if (waiting >= MAX_WAITING)
    throw new AskFirstError('TOO_MANY_TICKETS', `${waiting} messages wait for the help desk. Wait until they are sent.`)
  if (recent < LIMITS.maxStatementsPerHour) return
  const most = `This computer has sent ${LIMITS.maxStatementsPerHour} messages to the help desk within an hour.`
  throw new AskFirstError('TOO_MANY_TICKETS', `${most} Wait a while, then send it again.`)
}

/** @throws AskFirstError TOO_MANY_TICKETS when 16 tickets of the device's people are not closed (SPEC L21) */
export function checkTicketCount(tickets: Iterable<HeldTicket>): void {
  const open = [...tickets].filter((ticket) => ticket.account !== undefined && !isOver(ticket))
  if (open.length < LIMITS.maxOwnTickets) return
  const most = `This computer has ${LIMITS.maxOwnTickets} tickets that are not closed.`
  throw new AskFirstError('TOO_MANY_TICKETS', `${most} Reply in one of them instead.`)
}

/** Closed, or never taken in by the server. */
export function isOver(ticket: HeldTicket): boolean {
  return ticket.progress?.state === 'closed' || isRefused(ticket)
}

/** The server took the ticket itself not in. */
function isRefused({ statements }: HeldTicket): boolean {
  return statements.some(({ record, state }) => record.said.kind === 'opened' && state === 'refused')
}
