import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { PolicyReports } from '../health/policy-reports.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import { POLICY_REPORTS_PATH } from '../plugins/security-headers.ts'
import { Nothing } from './fields.ts'

/** Longest report in bytes; browsers cut what they quote of a page to 40 characters. */
export const MAX_POLICY_REPORT_BYTES = 8_192
const TYPE = 'application/csp-report'

/** Where browsers report that a page broke the content security policy. Anybody may send anything here. */
export function policyReportRoutes(
  { policyReports }: { readonly policyReports: PolicyReports },
  { rateBounds }: { readonly rateBounds: RateBounds },
) {
  return async (app: App): Promise<void> => {
    const limit = rateLimiter(app, rateBounds.policyReport, { keyOf: (request) => `policy report ${request.ip}` })
    const bodyLimit = MAX_POLICY_REPORT_BYTES
    app.addContentTypeParser(TYPE, { parseAs: 'string', bodyLimit }, app.getDefaultJsonParser('error', 'error'))
    app.post(
      POLICY_REPORTS_PATH,
      {
        config: { permission: 'public', sentByBrowser: true },
        // Before the body is read.
        onRequest: limit,
        bodyLimit,
        schema: {
          hide: true,
          body: Type.Object({ 'csp-report': Type.Record(Type.String(), Type.Unknown()) }),
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        const facts = policyReports.record(request.body['csp-report'])
        request.log.warn(facts, 'a page broke the content security policy')
        return reply.code(204).send(null)
      },
    )
  }
}
