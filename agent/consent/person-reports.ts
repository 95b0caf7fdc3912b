import type { JwsHeader } from '@askfirst/protocol/consent-record.ts'
import type { ReportId, RequestId } from '@askfirst/protocol/ids.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { LocalHistory } from '../history/local-history.ts'
import type { Answerer } from './consent-events.ts'
import type { ConsentState, HeldGrant, HeldReport, HeldRequest, OutgoingJws } from './consent-state.ts'
import type { ReceiptFiles } from './receipt-files.ts'
import { makeReport, reportableRequest, withLifted, withTold } from './reports.ts'

/** What a person adds to a no: why, and in which language they read the notice. */
export interface Said {
  readonly reason?: string | undefined
  readonly language?: Language | undefined
}

/** The parts of the consent book that a report changes. */
interface Book {
  readonly state: () => ConsentState
  readonly commit: (change: Partial<ConsentState>) => void
  readonly activeGrants: () => readonly HeldGrant[]
  readonly revoke: (held: HeldGrant, by: Answerer, reason: string | undefined) => void
  readonly refuse: (held: HeldRequest, by: Answerer, said: Said) => void
  readonly history: LocalHistory
  readonly receipts: ReceiptFiles
  readonly sign: (typ: JwsHeader['typ'], payload: string) => string
  readonly tell: (outgoing: Extract<OutgoingJws, { kind: 'report' }>) => void
}

/** Reports of the person: whom they block, and that the person learns when a block is lifted (SPEC C20, C21). */
export class PersonReports {
  readonly #book: Book

  constructor(book: Book) {
    this.#book = book
  }

  all(): readonly HeldReport[] {
    return this.#book.state().reports ?? []
  }

  /**
   * The block first: whatever is carried out after it can be repeated, and nothing new comes in between. Then what the
   * technician may do ends, and what they asked is refused.
   */
  report(requestId: RequestId, by: Answerer, said: Said, made: { readonly reportId: ReportId; at: string }): ReportId {
    const { state, commit, history, receipts, sign, tell } = this.#book
    const request = reportableRequest(state(), requestId)
    const reason = said.reason?.toWellFormed().slice(0, 500)
    const { held, outgoing } = makeReport(request, { ...made, by, reason, sign })
    const { reportId, technicianId, technician } = held
    receipts.keep(reportId, outgoing.jws)
    const noted = { reportId, requestId, ticketId: request.ticket.id, technicianId, technician }
    history.append('request.reported', { ...noted, osUser: by.osUser, ...(reason ? { reason } : {}) })
    commit({ reports: [...this.all(), held], unsent: [...state().unsent, outgoing] })
    for (const active of this.#book.activeGrants()) {
      if (active.grant.technicianId === technicianId) this.#book.revoke(active, by, reason)
    }
    for (const waiting of state().pending) {
      if (waiting.request.technician.id === technicianId) this.#book.refuse(waiting, by, said)
    }
    tell(outgoing)
    return reportId
  }

  lifted(message: MessageNamed<'report.cleared'>): void {
    const reports = withLifted(this.#book.state(), message)
    if (reports === null) return
    const { reportId, at, by, reason } = message
    const facts = { reportId, at, by: by.toWellFormed(), reason: reason.toWellFormed() }
    this.#book.history.append('report.cleared', facts)
    this.#book.commit({ reports: [...reports] })
  }

  told(reportId: ReportId): void {
    this.#book.commit({ reports: [...withTold(this.#book.state(), reportId)] })
    this.#book.history.append('report.told', { reportId })
  }
}
