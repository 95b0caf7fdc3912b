import { CollectorId, Params } from '@askfirst/protocol/fields.ts'
import { DeviceId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { OfferedPlaybook, PlaybookService } from '../playbooks/playbook-service.ts'
import { closed } from './fields.ts'

const PlaybookView = Type.Object({
  id: Type.String(),
  title: Type.String(),
  shows: Type.String(),
  purpose: Type.String(),
  durationMs: Type.Integer(),
  collectors: Type.Array(Type.Object({ id: CollectorId, params: Params, why: Type.String() })),
  missing: Type.Array(CollectorId),
})

/** `/api/playbooks`: what to ask for at a symptom. */
export function playbookRoutes({ playbooks }: { readonly playbooks: PlaybookService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/playbooks',
      {
        config: { permission: 'device.read' },
        schema: {
          summary: 'List playbooks; with a device only what its agent offers',
          querystring: Type.Object({ deviceId: Type.Optional(DeviceId) }, closed),
          response: { 200: Type.Object({ items: Type.Array(PlaybookView), next: Type.Null() }) },
        },
      },
      async (request) => {
        const { deviceId } = request.query
        const items = deviceId === undefined ? playbooks.all() : await playbooks.forDevice(deviceId)
        return { items: items.map(view), next: null }
      },
    )
  }
}

function view({ collectors, missing, ...facts }: OfferedPlaybook) {
  return {
    ...facts,
    collectors: collectors.map(({ params, ...rest }) => ({ ...rest, params: { ...params } })),
    missing: [...missing],
  }
}
