import { Readable } from 'node:stream'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { TicketId } from '@askfirst/protocol/ids.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import { checkEdition } from './edition-rules.ts'
import type { ReportDeps } from './read-report.ts'
import { readReport } from './read-report.ts'
import type { Edition } from './report-document.ts'
import { reportHtml } from './report-html.ts'
import { reportPdf } from './report-pdf.ts'
import { ticketReport } from './ticket-report.ts'

/** Forms that a report comes in. */
export const FORMATS = ['html', 'pdf'] as const
export type Format = (typeof FORMATS)[number]

/** Makes reports of tickets for people; each stands in the audit log, because it takes collected data out of the server. */
export class TicketReportService {
  readonly #deps: ReportDeps

  constructor(deps: ReportDeps) {
    this.#deps = deps
  }

  /**
   * Makes one edition of a ticket's report.
   *
   * @returns a file name and the bytes as they are made
   * @throws AskFirstError NOT_FOUND; CONFLICT where the ticket has nothing that the edition would tell of
   */
  async make(
    ticketId: TicketId,
    wish: { readonly edition: Edition; readonly format: Format },
    actor: Actor,
  ): Promise<{ readonly name: string; readonly content: Readable }> {
    const { edition, format } = wish
    const input = await readReport(this.#deps, ticketId)
    checkEdition(edition, input)
    const { store, clock } = this.#deps
    const detail = { edition, format, entries: input.entries.length }
    await store.audit.append(auditDraft(clock, { actor, action: 'ticket.reported', subject: ticketId, detail }))
    const report = ticketReport(input, edition)
    return {
      name: `askfirst-ticket-${input.ticket.number}-${edition}.${format}`,
      content: format === 'pdf' ? reportPdf(report) : Readable.from(reportHtml(report), { objectMode: false }),
    }
  }
}
