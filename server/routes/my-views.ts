import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Store } from '../store/store.ts'
import { closed, text } from './fields.ts'

const Views = Type.Object(
  { views: Type.Array(Type.Object({ name: text(60), query: text(1_000, 0) }, closed), { maxItems: 30 }) },
  closed,
)

/** `/api/me/views`: the filters of the queue that a person keeps under a name. */
export function myViewRoutes({ store }: { readonly store: Pick<Store, 'users'> }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/me/views',
      {
        config: { permission: 'session.own' },
        schema: { summary: 'Read your saved views of the queue', response: { 200: Views } },
      },
      async (request) => ({ views: [...(await store.users.views(callerOf(request).user.id))] }),
    )

    app.put(
      '/api/me/views',
      {
        config: { permission: 'session.own' },
        schema: { summary: 'Replace your saved views of the queue', body: Views, response: { 200: Views } },
      },
      async (request) => {
        await store.users.putViews(callerOf(request).user.id, request.body.views)
        return { views: request.body.views }
      },
    )
  }
}
