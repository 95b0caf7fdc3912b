import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { InvitationService } from '../users/invitation-service.ts'
import { closed, text } from './fields.ts'
import { Password } from './users.ts'

const Invited = Type.Object({ email: Type.String(), name: Type.String(), organisation: Type.String() })

/** `/api/invitations`: what a person does with a one-time link. The token travels in bodies, which no log holds. */
export function invitationRoutes(
  { invitations, settings }: { readonly invitations: InvitationService; readonly settings: SettingsService },
  options: { readonly rateBounds: RateBounds },
) {
  return async (app: App): Promise<void> => {
    const limit = rateLimiter(app, options.rateBounds.invitation, { keyOf: (request) => `invitation ${request.ip}` })
    app.post(
      '/api/invitations/check',
      {
        config: { permission: 'public' },
        preValidation: limit,
        schema: {
          summary: 'Whom an invitation is for',
          security: [],
          body: Type.Object({ token: text(64) }, closed),
          response: { 200: Invited },
        },
      },
      async (request) => {
        const { email, name } = await invitations.invited(request.body.token)
        return { email, name, organisation: settings.latest().organisationName }
      },
    )

    app.post(
      '/api/invitations/accept',
      {
        config: { permission: 'public' },
        preValidation: limit,
        schema: {
          summary: 'Choose the password of an invited account; the link works once',
          security: [],
          body: Type.Object({ token: text(64), password: Password }, closed),
          response: { 200: Type.Object({ email: Type.String(), name: Type.String() }) },
        },
      },
      async (request) => invitations.accept(request.body.token, request.body.password),
    )
  }
}
