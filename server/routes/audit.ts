import { Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { Actor } from '@askfirst/protocol/findings-log.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { AuditStore } from '../store/store.ts'
import { closed, pageOf, text } from './fields.ts'

const AuditView = Type.Object({
  seq: Count,
  at: Instant,
  actor: Actor,
  action: Type.String(),
  subject: Type.String(),
  detail: Type.Record(Type.String(), Type.Unknown()),
  previousHash: Sha256,
  hash: Sha256,
})

const AuditQuery = Type.Object(
  {
    after: Type.Integer({ minimum: 0, default: 0 }),
    limit: Type.Integer({ minimum: 1, maximum: 500, default: 100 }),
    action: Type.Optional(text(64)),
    subject: Type.Optional(text(64)),
  },
  closed,
)

/** `/api/audit`: the system-wide log, chained by hashes, oldest first. */
export function auditRoutes({ store }: { readonly store: { readonly audit: AuditStore } }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/audit',
      {
        config: { permission: 'audit.read' },
        schema: { summary: 'Read the audit log', querystring: AuditQuery, response: { 200: pageOf(AuditView) } },
      },
      async (request) => {
        const { after, limit, ...filter } = request.query
        const items = await store.audit.read(after, limit, filter)
        return { items: [...items], next: items.length < limit ? null : String(items.at(-1)?.seq ?? after) }
      },
    )

    app.get(
      '/api/audit/head',
      {
        config: { permission: 'audit.read' },
        schema: {
          summary: 'Length and hash of the audit log',
          response: { 200: Type.Object({ size: Count, headHash: Sha256 }) },
        },
      },
      async () => store.audit.head(),
    )
  }
}
