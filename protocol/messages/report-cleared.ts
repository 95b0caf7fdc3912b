import { defineMessage } from '../define-message.ts'
import { Instant, line } from '../fields.ts'
import { ReportId } from '../ids.ts'

/** A lead looked at a report and lifts the block; the device tells its person so, and is asked as before. */
export const reportCleared = defineMessage({
  type: 'report.cleared',
  from: 'server',
  since: 2,
  summary: 'Says that a lead lifts the block that a report had put on a technician, who and why.',
  body: {
    reportId: ReportId,
    at: Instant,
    /** Name of who lifted it, as the server gives it. */
    by: line(200),
    reason: line(500),
  },
})
