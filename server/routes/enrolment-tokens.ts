import { Count, Instant } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { EnrolmentService } from '../enrolment/enrolment-service.ts'
import { callerOf } from '../plugins/auth.ts'
import { actorOf } from '../users/caller.ts'
import { qrPath } from '../users/qr-path.ts'
import { closed, InstantOrNull, pageOf, pageQuery, text } from './fields.ts'

const TokenView = Type.Object({
  id: Type.String(),
  label: Type.String(),
  maxUses: Count,
  uses: Count,
  approves: Type.Boolean(),
  expiresAt: Instant,
  createdBy: Type.String(),
  createdAt: Instant,
  revokedAt: InstantOrNull,
})

/** Bounds of what one code may do; a year and ten thousand machines are a roll-out, more is a mistake. */
const NewToken = Type.Object(
  {
    label: text(200),
    maxUses: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
    hours: Type.Optional(Type.Integer({ minimum: 1, maximum: 8_760 })),
    approves: Type.Optional(Type.Boolean()),
  },
  closed,
)
const DEFAULTS = { maxUses: 1, hours: 24, approves: false }

/** `/api/enrolment-tokens`: codes that let machines enrol. */
export function enrolmentTokenRoutes({ enrolment }: { readonly enrolment: EnrolmentService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/enrolment-tokens',
      {
        config: { permission: 'enrolment.manage' },
        schema: {
          summary: 'List enrolment tokens',
          querystring: Type.Object(pageQuery, closed),
          response: { 200: pageOf(TokenView) },
        },
      },
      async (request) => {
        const { items, next } = await enrolment.list(request.query)
        return { items: [...items], next }
      },
    )

    app.post(
      '/api/enrolment-tokens',
      {
        config: { permission: 'enrolment.manage' },
        schema: {
          summary: 'Make an enrolment code; it is shown this once',
          body: NewToken,
          response: {
            201: Type.Object({
              token: TokenView,
              code: Type.String(),
              /** Data of an SVG path, and the side of its square. */
              qr: Type.Object({ size: Type.Integer(), path: Type.String() }),
            }),
          },
        },
      },
      async (request, reply) => {
        const made = await enrolment.create({ ...DEFAULTS, ...request.body }, actorOf(callerOf(request).user))
        return reply.code(201).send({ ...made, qr: qrPath(made.code) })
      },
    )

    app.delete(
      '/api/enrolment-tokens/:id',
      {
        config: { permission: 'enrolment.manage' },
        schema: {
          summary: 'Revoke an enrolment token',
          params: Type.Object({ id: text(64) }, closed),
          response: { 200: TokenView },
        },
      },
      async (request) => enrolment.revoke(request.params.id, actorOf(callerOf(request).user)),
    )
  }
}
