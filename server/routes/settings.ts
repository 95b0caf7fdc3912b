import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { Settings } from '../settings/settings-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'

/** `/api/settings`: what the organisation decides. */
export function settingsRoutes({ settings }: { readonly settings: SettingsService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/settings',
      {
        config: { permission: 'settings.read' },
        schema: { summary: 'Read the settings', response: { 200: Settings } },
      },
      async () => settings.get(),
    )

    app.patch(
      '/api/settings',
      {
        config: { permission: 'settings.manage' },
        schema: {
          summary: 'Change settings',
          body: Type.Partial(Settings, { ...closed, minProperties: 1 }),
          response: { 200: Settings },
        },
      },
      async (request) => settings.change(request.body, actorOf(callerOf(request).user)),
    )
  }
}
