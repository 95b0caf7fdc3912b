import type { IncomingMessage, ServerResponse } from 'node:http'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { FactorKind } from './store/factor-entities.ts'
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

interface HalfSignIn {
  readonly userId: UserId
  /** SHA-256 of the password's hash: another password ends the half sign-in too. */
  readonly passwordMark: string
  /** Unix time in ms. */
  readonly until: number
}

interface PasskeyChallenge {
  readonly value: string
  readonly purpose: 'create' | 'get'
  readonly until: number
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a caller needs; a route without it does not register. */
    permission?: RoutePermission
    /** A browser calls it by itself, with the cookie and without a page's CSRF token; it must change nothing. */
    sentByBrowser?: true
    /** A form that carries a token of its own; whoever is signed in counts for nothing there. */
    ownForm?: true
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
    /** The second factor that was shown or set up in this session. */
    factor?: FactorKind
    /** Where the log-in came from, in the browser's words. */
    address?: string
    userAgent?: string
    /** A right password that waits for its second factor; grants nothing. */
    half?: HalfSignIn
    /** What the browser's next answer about a passkey must have signed; for one use. */
    challenge?: PasskeyChallenge
  }
}
