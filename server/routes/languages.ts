import { LANGUAGES, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'

const Offered = Type.Object({
  code: Type.Enum([...LANGUAGES]),
  /** In itself. */
  name: Type.String(),
})

/** `/api/languages`: in which people can be written to. */
export function languageRoutes() {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/languages',
      {
        config: { permission: 'ticket.read' },
        schema: {
          summary: 'List the languages in which people are written to, English first',
          response: { 200: Type.Object({ items: Type.Array(Offered) }) },
        },
      },
      async () => ({ items: LANGUAGES.map((code) => ({ code, name: wordsOf(code).name })) }),
    )
  }
}
