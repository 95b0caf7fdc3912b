import type { KnowledgeId, TicketId } from '@askfirst/protocol/ids.ts'
import type { TicketState } from '../entities.ts'
import type { SharedMark } from '../knowledge-entities.ts'
import type { SqlContext } from './tables.ts'
import { ticketKey } from './tickets.ts'

/** A word that more tickets have than this says nothing. */
const MOST_BEARERS = 2_000
/** The rarest words that a ticket is compared by. */
const MOST_WORDS = 12
/** Marks of entries, and of the newest tickets by words and by rules, that are named. */
const MOST_NAMED = 500

interface Mark {
  readonly kind: 'rule' | 'word'
  readonly value: string
  readonly tickets: number
}

/** @see KnowledgeStore.shared */
export async function sharedMarks(context: SqlContext, ticketId: TicketId): Promise<readonly SharedMark[]> {
  const key = await ticketKey(context, ticketId)
  const marks = [...(await ownRules(context, key)), ...(await ownWords(context, key))]
  if (marks.length === 0) return []
  const byName = new Map(marks.map((mark) => [`${mark.kind} ${mark.value}`, mark]))
  const bearers = [
    ...(await entriesWith(context, valuesOf(marks, 'rule'), valuesOf(marks, 'word'))),
    ...(await ticketsWithRules(context, valuesOf(marks, 'rule'), key)),
    ...(await ticketsWithWords(context, valuesOf(marks, 'word'), key)),
  ]
  return bearers.flatMap(({ kind, value, of }) => {
    const mark = byName.get(`${kind} ${value}`)
    return mark === undefined ? [] : [{ ...mark, of }]
  })
}

function valuesOf(marks: readonly Mark[], kind: Mark['kind']): readonly string[] {
  return marks.filter((mark) => mark.kind === kind).map(({ value }) => value)
}

async function ownRules({ db }: SqlContext, key: number): Promise<readonly Mark[]> {
  const own = db.selectFrom('findings').select('rule').where('ticket_id', '=', key).where('state', '!=', 'dismissed')
  const rows = await db
    .selectFrom('findings')
    .select('rule')
    .select((eb) => eb.fn.count('ticket_id').distinct().as('tickets'))
    .where('rule', 'in', own)
    .where('state', '!=', 'dismissed')
    .groupBy('rule')
    .execute()
  return rows.map(({ rule, tickets }) => ({ kind: 'rule', value: rule, tickets: Number(tickets) }))
}

/** A word that only this ticket has may still be an entry's. */
async function ownWords({ db }: SqlContext, key: number): Promise<readonly Mark[]> {
  const own = db.selectFrom('ticket_words').select('word').where('ticket_id', '=', key)
  const rows = await db
    .selectFrom('ticket_words')
    .select('word')
    .select((eb) => eb.fn.countAll().as('tickets'))
    .where('word', 'in', own)
    .groupBy('word')
    .execute()
  return rows
    .map(({ word, tickets }) => ({ kind: 'word' as const, value: word, tickets: Number(tickets) }))
    .filter(({ tickets }) => tickets <= MOST_BEARERS)
    .toSorted((one, other) => one.tickets - other.tickets || (one.value < other.value ? -1 : 1))
    .slice(0, MOST_WORDS)
}

type Bearer = Omit<SharedMark, 'tickets'>

async function entriesWith(
  { db }: SqlContext,
  rules: readonly string[],
  words: readonly string[],
): Promise<readonly Bearer[]> {
  const rows = await db
    .selectFrom('knowledge_marks')
    .innerJoin('knowledge', 'knowledge.id', 'knowledge_marks.knowledge_id')
    .select(['knowledge_marks.kind', 'knowledge_marks.value'])
    .select(['knowledge.public_id', 'knowledge.number', 'knowledge.title'])
    .where((eb) =>
      eb.or([
        eb.and([eb('kind', '=', 'rule'), eb('value', 'in', orNone(rules))]),
        eb.and([eb('kind', '=', 'word'), eb('value', 'in', orNone(words))]),
      ]),
    )
    .orderBy('knowledge.id', 'desc')
    .limit(MOST_NAMED)
    .execute()
  return rows.map(({ kind, value, public_id, number, title }) => ({
    // Written from typed records.
    kind: kind as Bearer['kind'],
    value,
    of: { kind: 'entry', id: public_id as KnowledgeId, number, title },
  }))
}

async function ticketsWithWords(
  context: SqlContext,
  words: readonly string[],
  except: number,
): Promise<readonly Bearer[]> {
  const rows = await context.db
    .selectFrom('ticket_words')
    .innerJoin('tickets', 'tickets.id', 'ticket_words.ticket_id')
    .select(['ticket_words.word as value', 'public_id', 'number', 'title', 'tickets.state'])
    .where('ticket_words.word', 'in', orNone(words))
    .where('tickets.id', '!=', except)
    .orderBy('tickets.id', 'desc')
    .limit(MOST_NAMED)
    .execute()
  return rows.map((row) => toBearer('word', row))
}

async function ticketsWithRules(
  context: SqlContext,
  rules: readonly string[],
  except: number,
): Promise<readonly Bearer[]> {
  const rows = await context.db
    .selectFrom('findings')
    .innerJoin('tickets', 'tickets.id', 'findings.ticket_id')
    .select(['findings.rule as value', 'tickets.public_id', 'tickets.number', 'tickets.title', 'tickets.state'])
    .distinct()
    .where('findings.rule', 'in', orNone(rules))
    .where('findings.state', '!=', 'dismissed')
    .where('tickets.id', '!=', except)
    .orderBy('tickets.number', 'desc')
    .limit(MOST_NAMED)
    .execute()
  return rows.map((row) => toBearer('rule', row))
}

interface TicketRow {
  readonly value: string
  readonly public_id: string
  readonly number: number
  readonly title: string
  readonly state: string
}

function toBearer(kind: Bearer['kind'], { value, public_id, number, title, state }: TicketRow): Bearer {
  // Written from a typed record.
  return { kind, value, of: { kind: 'ticket', id: public_id as TicketId, number, title, state: state as TicketState } }
}

/** SQL has no empty list; no word and no rule is empty. */
function orNone(values: readonly string[]): readonly string[] {
  return values.length > 0 ? values : ['']
}
