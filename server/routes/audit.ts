import { Count, Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { Actor } from '@askfirst/protocol/findings-log.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { AuditCheck } from '../audit/audit-check.ts'
import type { AuditStore } from '../store/audit-store.ts'
import { closed, orNull, pageOf, text } from './fields.ts'

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
    /** Id of who did it. */
    actor: Type.Optional(text(64)),
    /** From this instant on, and before that one. */
    from: Type.Optional(Instant),
    to: Type.Optional(Instant),
    /** `newest`: backwards from the end, or from before the position `after`. */
    order: Type.Enum(['oldest', 'newest'], { default: 'oldest' }),
  },
  closed,
)

const VerifyView = Type.Object({
  entries: Count,
  ok: Type.Boolean(),
  firstWrong: orNull(Type.Object({ seq: Count, problem: Type.String() })),
  headHash: Sha256,
})

interface AuditRouteDeps {
  readonly store: { readonly audit: AuditStore }
  readonly checkAudit: AuditCheck
}

/** `/api/audit`: the system-wide log, chained by hashes. */
export function auditRoutes({ store, checkAudit }: AuditRouteDeps) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/audit/verify',
      {
        config: { permission: 'audit.read' },
        schema: {
          summary: 'Walk the whole chain and say where it breaks, if it does',
          body: Type.Object({}, closed),
          response: { 200: VerifyView },
        },
      },
      async () => checkAudit(),
    )

    app.get(
      '/api/audit',
      {
        config: { permission: 'audit.read' },
        schema: { summary: 'Read the audit log', querystring: AuditQuery, response: { 200: pageOf(AuditView) } },
      },
      async (request) => {
        const { after, limit, order, actor, ...filter } = request.query
        const items = await store.audit.read(after, limit, {
          ...filter,
          ...(actor === undefined ? {} : { actorId: actor }),
          newestFirst: order === 'newest',
        })
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
