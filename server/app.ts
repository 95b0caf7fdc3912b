import { randomUUID } from 'node:crypto'
import type { RequestListener, Server } from 'node:http'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import fastifySwagger from '@fastify/swagger'
import fastifyUnderPressure from '@fastify/under-pressure'
import fastifyWebsocket from '@fastify/websocket'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import Fastify from 'fastify'
import type { App } from './app-types.ts'
import { registerAuth } from './plugins/auth.ts'
import { MAX_BODY_BYTES, problemFor, registerErrors } from './plugins/errors.ts'
import { registerOwnHost } from './plugins/own-host.ts'
import { PROBLEM_TYPE } from './plugins/problem.ts'
import type { RateBounds } from './plugins/rate-limits.ts'
import { RATE_BOUNDS, registerRateLimits } from './plugins/rate-limits.ts'
import type { RouteEntry } from './plugins/routes-table.ts'
import { registerRouteRules } from './plugins/routes-table.ts'
import { registerSecurityHeaders } from './plugins/security-headers.ts'
import { registerSessions } from './plugins/sessions.ts'
import { validatorCompiler } from './plugins/validation.ts'
import { registerRoutes } from './routes/index.ts'
import type { Services } from './services.ts'
import type { SessionBounds } from './users/session-store.ts'
import { SESSION_BOUNDS } from './users/session-store.ts'

/** Bounds of the HTTP side; bytes and milliseconds. */
const HTTP_LIMITS = {
  /** A request must be complete within this time: a slow sender holds no connection for ever. */
  requestMs: 30_000,
  keepAliveMs: 72_000,
  liveMessageBytes: 16_384,
  /** How long a live socket may take to answer the close frame. */
  goodbyeMs: 1_000,
  /** While the server closes: how often connections without a request are cut, and after how long all of them. */
  idleCutMs: 100,
  closingMs: 5_000,
  /** Above this delay of the event loop new requests are answered 503, so that those under way finish. */
  eventLoopDelayMs: 2_000,
} as const

export interface AppOptions {
  readonly logger: FastifyBaseLogger
  /** Origins of the server's own pages, e.g. `http://127.0.0.1:8420`; asked at each request. */
  readonly origins: () => ReadonlySet<string>
  /** Host names under which requests are answered; absent or null: any. */
  readonly hostNames?: () => ReadonlySet<string> | null
  /** Whether people reach the server by HTTPS; decides about HSTS. */
  readonly https?: boolean
  /** Addresses of reverse proxies whose forwarding headers count; none when absent. */
  readonly trustedProxies?: readonly string[]
  /** Makes the HTTP server around Fastify's handler; plain HTTP when absent. */
  readonly serverFactory?: (handler: RequestListener) => Server
  readonly sessionBounds?: SessionBounds
  readonly rateBounds?: RateBounds
}

export interface BuiltApp {
  readonly app: App
  /** Every route that was registered. */
  readonly routes: readonly RouteEntry[]
}

/** Builds the HTTP side without listening, so that tests can call it with `app.inject`. */
export async function buildApp(services: Services, options: AppOptions): Promise<BuiltApp> {
  const app = createFastify(options)
  app.setValidatorCompiler(validatorCompiler)
  registerErrors(app)
  const routes = registerRouteRules(app)
  measureRequests(app, services)
  cutWhenClosing(app)
  await registerPlugins(app, services, options)
  await registerRoutes(app, services, { rateBounds: options.rateBounds ?? RATE_BOUNDS, origins: options.origins })
  await app.ready()
  return { app, routes }
}

function createFastify(options: AppOptions): App {
  const { serverFactory, trustedProxies } = options
  const app: App = Fastify({
    loggerInstance: options.logger,
    genReqId: () => `req_${randomUUID()}`,
    requestIdHeader: false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: HTTP_LIMITS.requestMs,
    keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
    routerOptions: { maxParamLength: 128 },
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    frameworkErrors: (error, request, reply) => {
      const problem = problemFor(error, request.id)
      // This reply is typed for one fixed schema, so the answer is written past it.
      reply.hijack()
      reply.raw.writeHead(problem.status, { 'content-type': PROBLEM_TYPE }).end(JSON.stringify(problem))
    },
    ...(serverFactory === undefined ? {} : { serverFactory: (handler: RequestListener) => serverFactory(handler) }),
  })
  return app
}

/**
 * A connection whose answer was on its way when the server began to close is kept alive by its peer, and another peer
 * never ends its request: nobody waits for either.
 */
function cutWhenClosing(app: App): void {
  app.addHook('preClose', async () => {
    const { server } = app
    if (!server.listening) return
    const idle = setInterval(() => server.closeIdleConnections(), HTTP_LIMITS.idleCutMs)
    const all = setTimeout(() => server.closeAllConnections(), HTTP_LIMITS.closingMs)
    server.once('close', () => {
      clearInterval(idle)
      clearTimeout(all)
    })
  })
}

function measureRequests(app: App, { metrics }: Services): void {
  app.addHook('onResponse', async (request, reply) => {
    const labels = {
      method: request.method,
      route: request.routeOptions.url ?? 'none',
      status: String(reply.statusCode),
    }
    metrics.requests.observe(labels, reply.elapsedTime / 1_000)
  })
}

async function registerPlugins(app: App, services: Services, options: AppOptions): Promise<void> {
  const { store, clock } = services
  // First: it ends the connection of an upgrade that any check after it refuses.
  await app.register(fastifyWebsocket, {
    options: { maxPayload: HTTP_LIMITS.liveMessageBytes, perMessageDeflate: false },
    preClose: closeLiveSockets,
  })
  registerOwnHost(app, options.hostNames ?? (() => null))
  await registerSecurityHeaders(app, { https: options.https ?? false })
  await app.register(fastifyUnderPressure, {
    maxEventLoopDelay: HTTP_LIMITS.eventLoopDelayMs,
    // An interval in which the loop never ran long enough to be sampled counts as endless there; it was idle.
    pressureHandler: (_request, _reply, _kind, delayMs) => {
      if (delayMs === Number.POSITIVE_INFINITY) return
      throw new AskFirstError('UNAVAILABLE', 'The server is overloaded at this moment.')
    },
  })
  await registerRateLimits(app)
  await registerSessions(app, { sessions: store.sessions, clock, bounds: options.sessionBounds ?? SESSION_BOUNDS })
  await app.register(fastifySwagger, OPENAPI)
  registerAuth(app, { ...services, origins: options.origins })
}

/** Says goodbye with "service restart", then does not wait long for an answer. */
function closeLiveSockets(this: FastifyInstance, done: () => void): void {
  const { websocketServer } = this
  for (const socket of websocketServer.clients) socket.close(CLOSE.serverRestart, 'the server restarts')
  const cut = setTimeout(() => {
    for (const socket of websocketServer.clients) socket.terminate()
  }, HTTP_LIMITS.goodbyeMs)
  websocketServer.close(() => clearTimeout(cut))
  done()
}

const OPENAPI = {
  openapi: {
    openapi: '3.1.0',
    info: {
      title: 'AskFirst',
      description: 'Remote diagnostics that ask first. Errors are RFC 9457 problem details; lists are {items, next}.',
      version: '1',
    },
    components: {
      securitySchemes: {
        token: { type: 'http' as const, scheme: 'bearer', description: 'An API token from /api/tokens' },
        session: { type: 'apiKey' as const, in: 'cookie' as const, name: '__Host-askfirst' },
      },
    },
    security: [{ token: [] }, { session: [] }],
  },
}
