import { Instant } from '@askfirst/protocol/fields.ts'
import { UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { ROLES } from '../store/entities.ts'
import { actorOf } from '../users/caller.ts'
import type { InvitationService } from '../users/invitation-service.ts'
import type { UserService } from '../users/user-service.ts'
import { closed, Email, orNull, pageOf, pageQuery, text } from './fields.ts'

const Role = Type.Enum([...ROLES])
/** Leads and admins are not bound by it. */
const Level = Type.Integer({ minimum: 1, maximum: 3 })
/** NIST SP 800-63B: length is what counts; no rules about characters. */
export const Password = Type.String({ minLength: 12, maxLength: 256 })
const byId = Type.Object({ id: UserId }, closed)

export const UserView = Type.Object({
  id: UserId,
  email: Type.String(),
  name: Type.String(),
  role: Role,
  disabled: Type.Boolean(),
  createdAt: Instant,
  /** Up to which level a technician takes tickets; null: any. */
  supportLevel: orNull(Level),
})

/** A one-time link; the path is shown this once. */
export const Invitation = Type.Object({ path: Type.String(), expiresAt: Instant })

/** `/api/users`: accounts. Everybody signed in may read names, because tickets name them. */
export function userRoutes({
  users,
  invitations,
}: {
  readonly users: UserService
  readonly invitations: InvitationService
}) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/users',
      {
        config: { permission: 'user.read' },
        schema: {
          summary: 'List accounts',
          querystring: Type.Object(pageQuery, closed),
          response: { 200: pageOf(UserView) },
        },
      },
      async (request) => {
        const { items, next } = await users.list(request.query)
        return { items: [...items], next }
      },
    )

    app.get(
      '/api/users/:id',
      {
        config: { permission: 'user.read' },
        schema: { summary: 'Read an account', params: byId, response: { 200: UserView } },
      },
      async (request) => users.get(request.params.id),
    )

    app.post(
      '/api/users',
      {
        config: { permission: 'user.manage' },
        schema: {
          summary: 'Create an account; without a password the answer has a link with which the person chooses one',
          body: Type.Object(
            {
              ...{ email: Email, name: text(200), password: Type.Optional(Password), role: Role },
              supportLevel: Type.Optional(orNull(Level)),
            },
            closed,
          ),
          response: { 201: Type.Object({ ...UserView.properties, invitation: orNull(Invitation) }) },
        },
      },
      async (request, reply) => {
        const { role, password, ...account } = request.body
        const actor = actorOf(callerOf(request).user)
        if (password === undefined) {
          const { user, invitation } = await invitations.createInvited(account, role, actor)
          return reply.code(201).send({ ...user, invitation })
        }
        const user = await users.create({ ...account, password }, role, actor)
        return reply.code(201).send({ ...user, invitation: null })
      },
    )

    app.patch(
      '/api/users/:id',
      {
        config: { permission: 'user.manage' },
        schema: {
          summary: 'Change an account',
          params: byId,
          body: Type.Object(
            {
              name: Type.Optional(text(200)),
              role: Type.Optional(Role),
              disabled: Type.Optional(Type.Boolean()),
              password: Type.Optional(Password),
              supportLevel: Type.Optional(orNull(Level)),
            },
            { ...closed, minProperties: 1 },
          ),
          response: { 200: UserView },
        },
      },
      async (request) => users.change(request.params.id, request.body, actorOf(callerOf(request).user)),
    )
  }
}
