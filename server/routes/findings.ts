import { Instant } from '@askfirst/protocol/fields.ts'
import { FindingContent } from '@askfirst/protocol/finding.ts'
import { DeviceId, FindingId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { FindingService } from '../findings/finding-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Finding } from '../store/entities.ts'
import { closed, orNull, pageOf, text } from './fields.ts'

const byTicket = Type.Object({ id: TicketId }, closed)

const FindingView = Type.Object({
  id: FindingId,
  ticketId: TicketId,
  content: FindingContent,
  state: Type.Enum(['open', 'confirmed', 'dismissed']),
  judgedBy: orNull(UserId),
  reason: orNull(Type.String()),
  createdAt: Instant,
})

const OutcomeView = Type.Object({
  deviceId: DeviceId,
  rule: Type.String(),
  state: Type.Enum(['pass', 'finding', 'could-not-tell']),
  /** Why the rule could not tell; null otherwise. */
  reason: orNull(Type.String()),
  findings: Type.Integer(),
  /** The rule whose finding explains this one. */
  explainedBy: orNull(Type.String()),
})

/** `/api/tickets/:id/findings`: what the rules concluded, and the desk's verdict. */
export function findingRoutes({ findings }: { readonly findings: FindingService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/findings',
      {
        config: { permission: 'finding.read' },
        schema: { summary: 'List the findings of a ticket', params: byTicket, response: { 200: pageOf(FindingView) } },
      },
      async (request) => ({ items: (await findings.list(request.params.id)).map(view), next: null }),
    )

    app.patch(
      '/api/tickets/:id/findings/:findingId',
      {
        config: { permission: 'finding.judge' },
        schema: {
          summary: 'Confirm or dismiss a finding',
          params: Type.Object({ id: TicketId, findingId: FindingId }, closed),
          body: Type.Object({ state: Type.Enum(['confirmed', 'dismissed']), reason: text(1_000) }, closed),
          response: { 200: FindingView },
        },
      },
      async (request) => {
        const { id, findingId } = request.params
        return view(await findings.judge(id, findingId, { ...request.body, by: callerOf(request).user }))
      },
    )

    app.post(
      '/api/tickets/:id/findings/evaluate',
      {
        config: { permission: 'finding.judge' },
        schema: {
          summary: 'Run the rules again over the stored rows',
          params: byTicket,
          response: { 200: Type.Object({ outcomes: Type.Array(OutcomeView) }) },
        },
      },
      async (request) => {
        const devices = await findings.rerun(request.params.id)
        return {
          outcomes: devices.flatMap(({ deviceId, results }) =>
            results.map(({ rule, state, reason, explainedBy, findings: { length } }) => ({
              deviceId,
              rule,
              state,
              reason,
              explainedBy,
              findings: length,
            })),
          ),
        }
      },
    )
  }
}

function view(finding: Finding) {
  return { ...finding, content: { ...finding.content } }
}
