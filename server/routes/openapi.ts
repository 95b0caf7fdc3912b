import { Type } from 'typebox'
import type { App } from '../app-types.ts'

/** `/api/openapi.json`: the description of all this, made from the schemas that also check every request. */
export function openapiRoutes() {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/openapi.json',
      {
        config: { permission: 'public' },
        schema: { hide: true, response: { 200: Type.Record(Type.String(), Type.Unknown()) } },
      },
      async () => ({ ...app.swagger() }),
    )
  }
}
