import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { KnowledgeId, TicketId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow, newId } from '../clock.ts'
import type { Page, Ticket, User } from '../store/entities.ts'
import type { KnowledgeContent, KnowledgeEntry, KnowledgeState, KnowledgeVersion } from '../store/knowledge-entities.ts'
import type { KnowledgeChange, KnowledgeStore } from '../store/knowledge-store.ts'
import type { Store } from '../store/store.ts'
import { draftFrom } from './draft-from-ticket.ts'
import type { Similar } from './rank-similar.ts'
import { rankSimilar } from './rank-similar.ts'

const MOST_SIMILAR = 5
const MOST_ENTRIES_READ = 1_000

type Author = Pick<User, 'id' | 'name'>

export interface KnowledgeDeps {
  readonly store: Pick<Store, 'knowledge' | 'tickets' | 'findings' | 'log'>
  readonly clock: Clock
  readonly bus: Bus
}

/** Known problems: what the desk learned from tickets, and where it helps. */
export class KnowledgeService {
  readonly #deps: KnowledgeDeps

  constructor(deps: KnowledgeDeps) {
    this.#deps = deps
  }

  /** @throws AskFirstError NOT_FOUND */
  async get(id: KnowledgeId): Promise<KnowledgeEntry> {
    return known(await this.#deps.store.knowledge.get(id), id)
  }

  list(page: Parameters<KnowledgeStore['list']>[0]): Promise<Page<KnowledgeEntry>> {
    return this.#deps.store.knowledge.list(page)
  }

  /** All versions, the newest first. @throws AskFirstError NOT_FOUND */
  async history(id: KnowledgeId): Promise<readonly KnowledgeVersion[]> {
    await this.get(id)
    return this.#deps.store.knowledge.history(id)
  }

  /**
   * Writes a new entry, from a ticket or from none.
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when the ticket is neither resolved nor closed
   */
  async write(
    wish: { readonly content: KnowledgeContent; readonly state: KnowledgeState; readonly ticketId: TicketId | null },
    author: Author,
  ): Promise<KnowledgeEntry> {
    const { ticketId, state, content } = wish
    if (ticketId !== null) checkSolved(await this.#ticket(ticketId))
    const id = newId('kno', this.#deps.clock)
    const first = this.#change(author, { id, ticketId, version: 1, state, content })
    const entry = await this.#deps.store.knowledge.create(id, ticketId, first)
    this.#announce(ticketId)
    return entry
  }

  /**
   * Leaves a new version of an entry as seen at `version`; fields that are absent stay.
   *
   * @throws AskFirstError NOT_FOUND; CONFLICT when somebody changed it meanwhile
   */
  async change(
    id: KnowledgeId,
    wish: { readonly version: number; readonly content: Partial<KnowledgeContent>; readonly state?: KnowledgeState },
    author: Author,
  ): Promise<KnowledgeEntry> {
    const before = await this.get(id)
    const { title, symptoms, rules, cause, fix, prevention, ticketId } = before
    const content = { title, symptoms, rules, cause, fix, prevention, ...wish.content }
    const { version, state = before.state } = wish
    const change = this.#change(author, { id, ticketId, version: version + 1, state, content })
    const entry = known(await this.#deps.store.knowledge.change(id, version, change), id)
    this.#announce(ticketId)
    return entry
  }

  /**
   * What an entry about a ticket could say, from its findings and its log. Nothing is stored.
   *
   * @throws AskFirstError NOT_FOUND
   */
  async draft(ticketId: TicketId): Promise<KnowledgeContent> {
    const { findings, log } = this.#deps.store
    const ticket = await this.#ticket(ticketId)
    const [found, entries] = await Promise.all([
      findings.listForTicket(ticketId),
      log.read(ticketId, 0, MOST_ENTRIES_READ),
    ])
    return draftFrom({ ticket, findings: found, entries })
  }

  /** What looks like a ticket, the most similar first, and what was written up from it. @throws AskFirstError NOT_FOUND */
  async similar(
    ticketId: TicketId,
  ): Promise<{ readonly similar: readonly Similar[]; readonly writtenUp: readonly KnowledgeEntry[] }> {
    const { knowledge } = this.#deps.store
    const [marks, writtenUp] = await Promise.all([knowledge.shared(ticketId), knowledge.ofTicket(ticketId)])
    const own = new Set<string>(writtenUp.map(({ id }) => id))
    const others = marks.filter(({ of }) => !own.has(of.id))
    return { similar: rankSimilar(others, MOST_SIMILAR), writtenUp }
  }

  async #ticket(id: TicketId): Promise<Ticket> {
    const ticket = await this.#deps.store.tickets.get(id)
    if (ticket === null) throw new AskFirstError('NOT_FOUND', `There is no ticket ${id}.`)
    return ticket
  }

  #change(
    { id: authorId, name }: Author,
    { id, ticketId, version, content, state }: Written & { readonly content: KnowledgeContent },
  ): KnowledgeChange {
    const at = isoNow(this.#deps.clock)
    const actor: Actor = { kind: 'user', id: authorId, name }
    const body = { knowledgeId: id, version, state, title: content.title }
    const audit = { actor, action: 'knowledge.written', subject: id, detail: { version, state } } as const
    return {
      ...{ content, state, at, by: { id: authorId, name } },
      log: ticketId === null ? null : { ticketId, at, actor, kind: 'knowledge.written', body },
      audit: auditDraft(this.#deps.clock, audit),
    }
  }

  #announce(ticketId: TicketId | null): void {
    if (ticketId !== null) this.#deps.bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
  }
}

interface Written {
  readonly id: KnowledgeId
  readonly ticketId: TicketId | null
  readonly version: number
  readonly state: KnowledgeState
}

function known(entry: KnowledgeEntry | null, id: KnowledgeId): KnowledgeEntry {
  if (entry === null) throw new AskFirstError('NOT_FOUND', `There is no known problem ${id}.`)
  return entry
}

function checkSolved({ id, state }: { readonly id: TicketId; readonly state: string }): void {
  if (state === 'resolved' || state === 'closed') return
  throw new AskFirstError('CONFLICT', `Ticket ${id} is not resolved yet; write it up once it is.`)
}
