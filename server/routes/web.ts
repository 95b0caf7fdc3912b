import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { closed } from './fields.ts'
import { messagePage, PAGE_CSS } from './pages-html.ts'

/** Where the build puts the pages (scripts/ensure-web.mjs). */
const DIST = fileURLToPath(new URL('../web/dist/', import.meta.url))
const YEAR_MS = 31_536_000_000

/** The account, the admin's desk, and the two pages for people who cannot sign in yet. */
const OWN_PATHS = ['/account', '/admin', '/admin/*', '/devices/:id', '/setup', '/invitation'] as const
/** Addresses that belong to the pages for technicians and admins; each answers with the same document. */
const PAGE_PATHS = [
  '/',
  '/tickets/*',
  '/devices',
  '/figures',
  '/knowledge',
  '/knowledge/*',
  '/lead',
  '/reports',
  ...OWN_PATHS,
] as const

/** Nothing but a name: no folder, no hidden file. */
const AssetName = Type.Object({ file: Type.String({ pattern: '^[\\w-]+(\\.[\\w-]+)*$', maxLength: 128 }) }, closed)
const file = { 200: Type.Unknown({ description: 'The file' }) }
const shown = {
  config: { permission: 'public' },
  schema: { hide: true, response: { ...file, 503: Type.String({ description: 'The pages are not built' }) } },
} as const

/** The built pages: one document for all their addresses, and the files it names. */
export function webRoutes() {
  return async (app: App): Promise<void> => {
    await app.register(fastifyStatic, { root: DIST, serve: false, preCompressed: true })
    for (const path of PAGE_PATHS) {
      app.get(path, shown, async (_request, reply) => {
        if (!existsSync(`${DIST}index.html`)) return reply.code(503).type('text/html; charset=utf-8').send(NOT_BUILT)
        return reply.sendFile('index.html', { cacheControl: false })
      })
    }
    app.get(
      '/page.css',
      {
        config: { permission: 'public' },
        schema: { hide: true, response: { 200: { content: { 'text/css': { schema: Type.String() } } } } },
      },
      async (_request, reply) =>
        reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=3600').send(PAGE_CSS),
    )
    app.get(
      '/assets/:file',
      {
        config: { permission: 'public' },
        schema: { hide: true, params: AssetName, response: file },
      },
      // A name carries a hash of the content, so a browser may keep the file for good.
      async (request, reply) =>
        reply.sendFile(`assets/${request.params.file}`, { maxAge: YEAR_MS, immutable: true, cacheControl: true }),
    )
  }
}

const NOT_BUILT = messagePage(
  'The pages are not built',
  'Start the server with "npm start", or build the pages with "npm run build". The interface under /api works meanwhile.',
)
