import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Caller } from './users/caller.ts'
import type { RoutePermission } from './users/permissions.ts'

/** The Fastify instance as routes see it: request and reply types come from the TypeBox schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs; a route without it does not register. */
    permission?: RoutePermission
  }

  interface FastifyRequest {
    /** Null when nobody is signed in. */
    caller: Caller | null
  }

  interface Session {
    userId?: UserId
    /** Unix time in ms of the log-in; the absolute bound counts from here. */
    startedAt?: number
    /** Unix time in ms of the last use that was written down. */
    touchedAt?: number
  }
}
