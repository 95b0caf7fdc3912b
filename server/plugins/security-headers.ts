import fastifyHelmet from '@fastify/helmet'
import type { App } from '../app-types.ts'

export const POLICY_REPORTS_PATH = '/api/policy-reports'

/**
 * Headers that keep pages to themselves: no inline script or style, Trusted Types, own process and own resources, no
 * framing. No CORS header is ever sent, so other sites cannot read an answer. `same-origin` for the referrer, because
 * `no-referrer` makes browsers send `Origin: null` on the server's own forms.
 */
export async function registerSecurityHeaders(app: App, input: { readonly https: boolean }): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        requireTrustedTypesFor: ["'script'"],
        trustedTypes: ["'none'"],
        // Not `report-to`: browsers that know it ignore this one then, and follow it by HTTPS alone, minutes later.
        reportUri: [POLICY_REPORTS_PATH],
      },
    },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: { policy: 'require-corp' },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'same-origin' },
    strictTransportSecurity: input.https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  })
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
  })
}
