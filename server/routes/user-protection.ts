import { UserId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { AccountService } from '../users/account-service.ts'
import { actorOf } from '../users/caller.ts'
import type { InvitationService } from '../users/invitation-service.ts'
import type { SecondFactorService } from '../users/second-factor-service.ts'
import type { UserService } from '../users/user-service.ts'
import { closed, InstantOrNull, Nothing, pageOf, pageQuery } from './fields.ts'
import { Invitation, UserView } from './users.ts'

const byId = Type.Object({ id: UserId }, closed)
const manage = { permission: 'user.manage' } as const

const ProtectedUser = Type.Object({
  ...UserView.properties,
  totp: Type.Boolean(),
  passkeys: Type.Integer(),
  recoveryCodesLeft: Type.Integer(),
  sessions: Type.Integer(),
  lastUsedAt: InstantOrNull,
  invitedUntil: InstantOrNull,
})

interface ProtectionDeps {
  readonly users: UserService
  readonly factors: SecondFactorService
  readonly account: AccountService
  readonly invitations: InvitationService
}

/** `/api/users/protection` and below `/api/users/:id`: how accounts are protected, and what an admin does when that is lost. */
export function userProtectionRoutes({ users, factors, account, invitations }: ProtectionDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/users/protection',
      {
        config: manage,
        schema: {
          summary: 'List accounts with their second factors and sessions',
          querystring: Type.Object(pageQuery, closed),
          response: { 200: pageOf(ProtectedUser) },
        },
      },
      async (request) => {
        const { items, next } = await account.listStandings(request.query)
        return { items: items.map(({ user, standing }) => ({ ...user, ...(standing ?? UNKNOWN) })), next }
      },
    )

    app.post(
      '/api/users/:id/invitation',
      {
        config: manage,
        schema: {
          summary: 'Make a one-time link with which the person chooses a password; shown this once',
          params: byId,
          response: { 201: Invitation },
        },
      },
      async (request, reply) => {
        const user = await users.get(request.params.id)
        return reply.code(201).send(await invitations.invite(user, actorOf(callerOf(request).user)))
      },
    )

    app.delete(
      '/api/users/:id/sessions',
      {
        config: manage,
        schema: { summary: 'End all sessions of an account', params: byId, response: { 204: Nothing } },
      },
      async (request, reply) => {
        const { id } = await users.get(request.params.id)
        await account.endSessions(id, actorOf(callerOf(request).user))
        return reply.code(204).send(null)
      },
    )

    app.delete(
      '/api/users/:id/second-factors',
      {
        config: manage,
        schema: {
          summary: 'Remove all second factors of somebody who lost them; the sessions end',
          params: byId,
          response: { 204: Nothing },
        },
      },
      async (request, reply) => {
        await factors.reset(await users.get(request.params.id), actorOf(callerOf(request).user))
        return reply.code(204).send(null)
      },
    )
  }
}

const UNKNOWN = { totp: false, passkeys: 0, recoveryCodesLeft: 0, sessions: 0, lastUsedAt: null, invitedUntil: null }
