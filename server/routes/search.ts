import { Count } from '@askfirst/protocol/fields.ts'
import { FindingContent } from '@askfirst/protocol/finding.ts'
import { DeviceId, FindingId, KnowledgeId, TicketId, UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Found, SearchService } from '../search/search-service.ts'
import { ROLES, TICKET_STATES } from '../store/entities.ts'
import { KNOWLEDGE_STATES } from '../store/knowledge-entities.ts'
import { closed, text } from './fields.ts'

const FoundView = Type.Object({
  tickets: Type.Array(
    Type.Object({
      id: TicketId,
      number: Count,
      title: Type.String(),
      requesterName: Type.String(),
      state: Type.Enum([...TICKET_STATES]),
      priority: Type.Integer(),
    }),
  ),
  devices: Type.Array(
    Type.Object({ id: DeviceId, name: Type.String(), osName: Type.String(), online: Type.Boolean() }),
  ),
  findings: Type.Array(
    Type.Object({
      id: FindingId,
      ticketId: TicketId,
      ticketNumber: Count,
      ticketTitle: Type.String(),
      severity: FindingContent.properties.severity,
      statement: Type.String(),
      subject: Type.String(),
    }),
  ),
  users: Type.Array(
    Type.Object({ id: UserId, name: Type.String(), email: Type.String(), role: Type.Enum([...ROLES]) }),
  ),
  knowledge: Type.Array(
    Type.Object({ id: KnowledgeId, number: Count, title: Type.String(), state: Type.Enum([...KNOWLEDGE_STATES]) }),
  ),
})

/** `/api/search`: words in tickets, devices, findings and accounts, as far as the caller may read each. */
export function searchRoutes({ search }: { readonly search: SearchService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/search',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'Search everything that you may read',
          querystring: Type.Object(
            { q: text(200), limit: Type.Integer({ minimum: 1, maximum: 20, default: 6 }) },
            closed,
          ),
          response: { 200: FoundView },
        },
      },
      async (request) => {
        const { q, limit } = request.query
        return view(await search.search(q, limit, callerOf(request).permissions))
      },
    )
  }
}

function view({ tickets, devices, findings, users, knowledge }: Found) {
  return {
    tickets: [...tickets],
    devices: [...devices],
    findings: findings.map(({ finding, ticketNumber, ticketTitle }) => ({
      id: finding.id,
      ticketId: finding.ticketId,
      ticketNumber,
      ticketTitle,
      severity: finding.content.severity,
      statement: finding.content.statement,
      subject: finding.content.subject,
    })),
    users: [...users],
    knowledge: knowledge.map(({ id, number, title, state }) => ({ id, number, title, state })),
  }
}
