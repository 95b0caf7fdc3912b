import type { LogKind } from '@askfirst/protocol/findings-log.ts'
import { sql } from 'kysely'
import { TICKET_STATES } from '../entities.ts'
import type { CauseCount, ConsentFacts, LoggedEvent, OpenCount, Period, TicketFacts } from '../figure-entities.ts'
import type { FigureStore } from '../figure-store.ts'
import { jsonLength, jsonText } from './json-values.ts'
import { boundedLimit } from './page.ts'
import type { SqlContext } from './tables.ts'

const MAX_EVENTS = 20_000
const DONE = ['resolved', 'closed'] as const
/** Kinds with which somebody of the desk turns to the person (SPEC T33); what the server writes by itself is no answer. */
const RESPONSES: readonly LogKind[] = ['message.sent', 'consent.requested']
/** Kinds that tell who of the desk worked on a ticket; to hand it on or to grade it is no work on it. */
const WORK: readonly LogKind[] = [...RESPONSES, 'note.added', 'run.ordered']
/** Characters of an actor's canonical JSON that tell one account from another: `{"id":"usr_` and 26 more. */
const ACTOR_LENGTH = 37

/** What the figures are counted from, in SQL. */
export function figureStore(context: SqlContext): FigureStore {
  return {
    openTickets: () => openTickets(context),
    tickets: (period) => ticketFacts(context, period),
    consent: (period) => consentFacts(context, period),
    causes: (period, limit) => causes(context, period, limit),
    events: (period, kinds) => events(context, period, kinds),
  }
}

async function openTickets({ db }: SqlContext): Promise<readonly OpenCount[]> {
  const rows = await db
    .selectFrom('tickets')
    .select(['priority', 'level'])
    .select((eb) => eb.fn.countAll().as('count'))
    .where('state', 'not in', DONE)
    .groupBy(['priority', 'level'])
    .execute()
  return rows.map(({ priority, level, count }) => ({
    priority,
    level,
    count: Number(count),
  }))
}

/**
 * Every move of a ticket sets `updated_at`, so that the tickets that matter are those changed since the period began and
 * opened before it ended; only their logs are read.
 */
async function ticketFacts({ db }: SqlContext, { from, to }: Period): Promise<readonly TicketFacts[]> {
  const inPeriod = sql<boolean>`l.at >= ${from} and l.at < ${to}`
  const byDesk = sql<boolean>`l.actor like '%"kind":"user"%'`
  const worker = sql`case when l.kind in (${sql.join(WORK)}) and ${byDesk} then substr(l.actor, 1, ${ACTOR_LENGTH}) end`
  const { rows } = await sql<FactsRow>`
    select t.number, t.priority, t.level, t.opened_by, t.created_at as opened_at,
      min(case when l.kind in (${sql.join(RESPONSES)}) and ${byDesk} then l.at end) as first_response_at,
      min(case when ${inPeriod} and ${resolves()} then l.at end) as first_resolved_at,
      max(case when ${inPeriod} and ${resolves()} then l.at end) as resolved_at,
      max(case when ${reopens()} then l.at end) as reopened_at,
      count(distinct ${worker}) as technicians,
      (select count(*) from consent_requests c where c.ticket_id = t.id and c.grant_id is not null) as permissions,
      sum(case when l.kind = 'escalation.asked' then 1 else 0 end) as escalations
    from tickets t join log_entries l on l.ticket_id = t.id
    where t.updated_at >= ${from} and t.created_at < ${to}
    group by t.id, t.number, t.priority, t.level, t.opened_by, t.created_at
    order by t.number`.execute(db)
  return rows.map(toFacts).filter(({ openedAt, resolvedAt }) => openedAt >= from || resolvedAt !== null)
}

interface FactsRow {
  readonly number: number
  readonly priority: number
  readonly level: number
  readonly opened_at: string
  readonly first_response_at: string | null
  readonly opened_by: string
  readonly first_resolved_at: string | null
  readonly resolved_at: string | null
  readonly reopened_at: string | null
  readonly technicians: number | string
  readonly permissions: number | string
  readonly escalations: number | string
}

function toFacts(row: FactsRow): TicketFacts {
  return {
    number: row.number,
    priority: row.priority,
    level: row.level,
    openedAt: row.opened_at,
    firstResponseAt: row.first_response_at,
    openedByDesk: row.opened_by === 'desk',
    firstResolvedAt: row.first_resolved_at,
    resolvedAt: row.resolved_at,
    reopenedAt: row.reopened_at,
    technicians: Number(row.technicians),
    permissions: Number(row.permissions),
    escalations: Number(row.escalations),
  }
}

const isDone = (state: string) => DONE.some((done) => done === state)
const OPEN_STATES = TICKET_STATES.filter((state) => !isDone(state))

/** Whether a log entry ended the work: to resolved from anywhere, or to closed from a state in which it was open. */
function resolves() {
  return moves([
    ...TICKET_STATES.map((from) => [from, 'resolved'] as const),
    ...OPEN_STATES.map((from) => [from, 'closed'] as const),
  ])
}

/** Whether a log entry opened a ticket again. */
function reopens() {
  return moves(DONE.flatMap((from) => OPEN_STATES.map((to) => [from, to] as const)))
}

/**
 * Bodies are canonical JSON, and a quote within a text is escaped there: what looks like a member is one. That spares
 * PostgreSQL the reading of JSON, which refuses U+0000 anywhere in it.
 */
function moves(pairs: readonly (readonly [from: string, to: string])[]) {
  const likes = pairs
    .filter(([from, to]) => from !== to)
    .map(([from, to]) => sql<boolean>`l.body like ${`%"state":{"from":"${from}","to":"${to}"}%`}`)
  return sql<boolean>`l.kind like 'ticket.%' and (${sql.join(likes, sql` or `)})`
}

async function consentFacts({ db, flavour }: SqlContext, { from, to }: Period): Promise<readonly ConsentFacts[]> {
  const { kind } = flavour
  const { rows } = await sql<ConsentRow>`
    select state, ${jsonLength(kind, 'request', 'collectors')} as asked_collectors,
      ${jsonText(kind, 'request', 'durationMs')} as asked_ms,
      case when grant_json is not null then ${jsonLength(kind, 'grant_json', 'collectors')} end as given_collectors,
      case when grant_json is not null then ${jsonText(kind, 'grant_json', 'validFrom')} end as valid_from,
      case when grant_json is not null then ${jsonText(kind, 'grant_json', 'expiresAt')} end as expires_at
    from consent_requests where created_at >= ${from} and created_at < ${to} order by id`.execute(db)
  return rows.map((row) => ({
    state: row.state,
    askedCollectors: Number(row.asked_collectors),
    askedMs: Number(row.asked_ms),
    givenCollectors: row.given_collectors === null ? null : Number(row.given_collectors),
    validFrom: row.valid_from,
    expiresAt: row.expires_at,
  }))
}

interface ConsentRow {
  readonly state: string
  readonly asked_collectors: number | string
  readonly asked_ms: number | string
  readonly given_collectors: number | string | null
  readonly valid_from: string | null
  readonly expires_at: string | null
}

async function causes({ db }: SqlContext, { from, to }: Period, limit: number): Promise<readonly CauseCount[]> {
  const rows = await db
    .selectFrom('findings')
    .innerJoin('tickets', 'tickets.id', 'findings.ticket_id')
    .select('findings.rule')
    .select((eb) => eb.fn.count('findings.ticket_id').distinct().as('tickets'))
    .where('findings.state', '=', 'confirmed')
    .where('tickets.created_at', '>=', from)
    .where('tickets.created_at', '<', to)
    .groupBy('findings.rule')
    .orderBy('tickets', 'desc')
    .orderBy('findings.rule')
    .limit(boundedLimit(limit))
    .execute()
  return rows.map(({ rule, tickets }) => ({ rule, tickets: Number(tickets) }))
}

async function events(
  { db }: SqlContext,
  { from, to }: Period,
  kinds: readonly string[],
): Promise<readonly LoggedEvent[]> {
  if (kinds.length === 0) return []
  const rows = await db
    .selectFrom('log_entries')
    .innerJoin('tickets', 'tickets.id', 'log_entries.ticket_id')
    .select(['tickets.number', 'log_entries.at', 'log_entries.kind', 'log_entries.body'])
    .where('log_entries.kind', 'in', kinds)
    .where('log_entries.at', '>=', from)
    .where('log_entries.at', '<', to)
    .orderBy('log_entries.at')
    .limit(MAX_EVENTS)
    .execute()
  return rows.map(({ number, at, kind, body }) => ({
    ticketNumber: number,
    at,
    // Written by `appendLog` from a typed draft.
    kind: kind as LogKind,
    body: JSON.parse(body),
  }))
}
