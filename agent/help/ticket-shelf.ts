import type { StatementId, TicketId } from '@askfirst/protocol/ids.ts'
import type { ReceiptFiles } from '../consent/receipt-files.ts'
import type { HeldTicket, TicketFiles } from './held-ticket.ts'
import { openTicketFiles } from './held-ticket.ts'
import { isOver } from './make-statement.ts'

/** Most tickets of the desk, and most of people that are over, that are remembered; the oldest go first. */
const MAX_DESK_TICKETS = 32
const MAX_OVER_TICKETS = 64
/** Most statements of a ticket that are shown; far more than can be made within the hour that is counted (L22). */
const MAX_STATEMENTS = 400
/** What the server said is written at most so often: it says it again after a restart. */
const SAVE_MS = 500

interface Outgoing {
  readonly statementId: StatementId
  readonly jws: string
}

/** All tickets in memory and on disk. What people said is on disk before it has an effect. */
export class TicketShelf {
  readonly setAside: readonly string[]
  readonly #files: TicketFiles
  readonly #onChange: () => void
  readonly #onError: (error: unknown) => void
  readonly #tickets: Map<TicketId, HeldTicket>
  readonly #unsaved = new Set<TicketId>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: {
    readonly dataDir: string
    readonly onChange: () => void
    readonly onError: (error: unknown) => void
  }) {
    this.#files = openTicketFiles(options.dataDir)
    this.#onChange = options.onChange
    this.#onError = options.onError
    const { tickets, setAside } = this.#files.load()
    this.setAside = setAside
    this.#tickets = new Map(tickets.map((ticket) => [ticket.ticketId, ticket]))
  }

  /** All tickets, the oldest first. */
  all(): readonly HeldTicket[] {
    return [...this.#tickets.values()]
  }

  get(ticketId: TicketId): HeldTicket | undefined {
    return this.#tickets.get(ticketId)
  }

  /** Puts a ticket in its place, durably. */
  put(changed: HeldTicket): void {
    const ticket = withoutOld(changed)
    this.#files.save(ticket)
    this.#unsaved.delete(ticket.ticketId)
    this.#tickets.set(ticket.ticketId, ticket)
    this.#forgetOld()
    this.#onChange()
  }

  /** Puts a ticket in its place that the server can tell again: it is written a little later. */
  putSoon(ticket: HeldTicket): void {
    this.#tickets.set(ticket.ticketId, ticket)
    this.#unsaved.add(ticket.ticketId)
    this.#timer ??= setTimeout(() => this.#saveUnsaved(), SAVE_MS).unref()
    this.#onChange()
  }

  /** Whether one more ticket of the desk has room. */
  get hasRoomForDesk(): boolean {
    return this.#ofDesk().filter((ticket) => !isOver(ticket)).length < MAX_DESK_TICKETS
  }

  /** Files that the server does not have yet. */
  waitingFiles(): ReadonlySet<string> {
    const waiting = this.all().flatMap(({ files }) => files.filter(({ state }) => state === 'waiting'))
    return new Set(waiting.map(({ attachmentId }) => attachmentId))
  }

  /**
   * Statements for the server: those that it has not confirmed, and those of whose files it may still lack bytes (it says
   * after a statement how far they are). Ids sort by time.
   */
  unsent(receipts: ReceiptFiles): readonly Outgoing[] {
    return this.all()
      .flatMap(({ statements, files }) => {
        const open = new Set(files.filter(({ state }) => state === 'waiting').map(({ statementId }) => statementId))
        return statements.filter(
          ({ state, record }) => state === 'waiting' || (state === 'recorded' && open.has(record.statementId)),
        )
      })
      .map(({ record }) => record.statementId)
      .sort()
      .flatMap((statementId) => {
        const jws = receipts.read(statementId)
        return jws === null ? [] : [{ statementId, jws }]
      })
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#saveUnsaved()
  }

  #ofDesk(): readonly HeldTicket[] {
    return this.all().filter(({ account }) => account === undefined)
  }

  #saveUnsaved(): void {
    this.#timer = undefined
    try {
      for (const ticketId of this.#unsaved) {
        const ticket = this.#tickets.get(ticketId)
        if (ticket !== undefined) this.#files.save(ticket)
        this.#unsaved.delete(ticketId)
      }
      this.#forgetOld()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** Open tickets of people are never forgotten; they are bounded by L21. */
  #forgetOld(): void {
    const own = this.all().filter((ticket) => ticket.account !== undefined && isOver(ticket) && !hasWaiting(ticket))
    const desk = [...this.#ofDesk()].sort((a, b) => Number(isOver(b)) - Number(isOver(a)))
    const forgotten = [...excess(own, MAX_OVER_TICKETS), ...excess(desk, MAX_DESK_TICKETS)]
    for (const { ticketId } of forgotten) {
      this.#files.forget(ticketId)
      this.#tickets.delete(ticketId)
      this.#unsaved.delete(ticketId)
    }
  }
}

/** Without the oldest statements; what waits and what opened the ticket stay. */
function withoutOld(ticket: HeldTicket): HeldTicket {
  const { statements, files } = ticket
  if (statements.length <= MAX_STATEMENTS) return ticket
  const kept = statements.filter(
    ({ state, record }, at) =>
      state === 'waiting' || record.said.kind === 'opened' || at >= statements.length - MAX_STATEMENTS,
  )
  const ids = new Set(kept.map(({ record }) => record.statementId))
  return { ...ticket, statements: kept, files: files.filter(({ statementId }) => ids.has(statementId)) }
}

function hasWaiting({ statements, files }: HeldTicket): boolean {
  return [...statements, ...files].some(({ state }) => state === 'waiting')
}

function excess(tickets: readonly HeldTicket[], most: number): readonly HeldTicket[] {
  return tickets.slice(0, Math.max(0, tickets.length - most))
}
