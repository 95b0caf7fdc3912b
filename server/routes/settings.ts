import { Count } from '@askfirst/protocol/fields.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import { PriorityMatrix } from '../settings/priority-matrix.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import { Settings } from '../settings/settings-service.ts'
import { GRADES } from '../store/entities.ts'
import type { PriorityService } from '../tickets/priority-service.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'

const Matrix = Type.Object({ priorityMatrix: PriorityMatrix }, closed)
const Grade = Type.Enum([...GRADES])
const Preview = Type.Object({
  /** Cells that are less urgent than they must be; empty when the matrix is in order. */
  problems: Type.Array(Type.Object({ impact: Grade, urgency: Grade, text: Type.String() })),
  /** Open tickets without an override, and how many of them would get another priority. */
  openTickets: Count,
  changing: Count,
})

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

/** `/api/settings/priority-matrix`: what a matrix means for tickets that are open already. */
export function priorityMatrixRoutes({ priorities }: { readonly priorities: PriorityService }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/settings/priority-matrix/preview',
      {
        config: { permission: 'settings.manage' },
        schema: { summary: 'Say what a priority matrix would do', body: Matrix, response: { 200: Preview } },
      },
      async (request) => {
        const { problems, ...counts } = await priorities.preview(request.body.priorityMatrix)
        return { problems: [...problems], ...counts }
      },
    )

    app.post(
      '/api/settings/priority-matrix/apply',
      {
        config: { permission: 'settings.manage' },
        schema: {
          summary: 'Give open tickets the priority that the saved matrix says',
          body: Matrix,
          response: { 200: Type.Object({ changed: Count }) },
        },
      },
      async (request) => {
        const changed = await priorities.apply(request.body.priorityMatrix, actorOf(callerOf(request).user))
        return { changed }
      },
    )
  }
}
