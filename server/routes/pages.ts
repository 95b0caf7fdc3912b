import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import { problemFor } from '../plugins/errors.ts'
import type { RateBounds } from '../plugins/rate-limits.ts'
import { rateLimiter } from '../plugins/rate-limits.ts'
import type { SetupService } from '../users/setup-service.ts'
import { closed, text } from './fields.ts'
import { messagePage, PAGE_CSS, setupPage } from './pages-html.ts'
import { Setup } from './setup.ts'

const HTML = 'text/html; charset=utf-8'
const htmlAnswer = { 200: { content: { 'text/html': { schema: Type.String() } } } }

/** Pages for people that need no script: the form for the first admin. */
export function pageRoutes(services: { readonly setup: SetupService }, options: { readonly rateBounds: RateBounds }) {
  const { setup } = services
  return async (app: App): Promise<void> => {
    app.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    )
    app.setErrorHandler(async (error, request, reply) => {
      const { status, title } = problemFor(error, request.id)
      if (status >= 500) request.log.error({ err: error }, 'page failed')
      return sendHtml(reply.code(status), messagePage('This did not work', title))
    })

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
      '/setup',
      {
        config: { permission: 'public' },
        schema: {
          hide: true,
          querystring: Type.Object({ token: Type.Optional(text(64)) }, closed),
          response: htmlAnswer,
        },
      },
      async (request, reply) => {
        const { token = '' } = request.query
        await setup.check(token)
        return sendHtml(reply, setupPage(token, { name: '', email: '' }, null))
      },
    )

    app.post(
      '/setup',
      {
        config: { permission: 'public' },
        preValidation: rateLimiter(app, options.rateBounds.setup, { keyOf: (request) => `setup ${request.ip}` }),
        attachValidation: true,
        schema: { hide: true, body: Setup, response: htmlAnswer },
      },
      async (request, reply) => {
        if (request.validationError !== undefined) return askAgain(reply, request.body)
        const { token, ...account } = request.body
        const user = await setup.finish(token, account)
        return sendHtml(reply, messagePage('The admin account is ready', `${user.name} can sign in now.`))
      },
    )
  }
}

/** Shows the form once more with what was typed, the password apart. */
function askAgain(reply: FastifyReply, body: Partial<Static<typeof Setup>>): FastifyReply {
  const { token = '', name = '', email = '' } = body
  const hint = 'Fill in every field: your name, an e-mail address, and a password of at least 12 characters.'
  return sendHtml(reply.code(ERRORS.INVALID_REQUEST.status), setupPage(token, { name, email }, hint))
}

function sendHtml(reply: FastifyReply, html: string): FastifyReply {
  return reply.type(HTML).send(html)
}
