import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../app-types.ts'
import type { Problem } from './problem.ts'
import { PROBLEM_TYPE, problemOf } from './problem.ts'
import { RequestInvalid } from './validation.ts'

/** Longest body of a request in bytes. */
export const MAX_BODY_BYTES = 262_144

/** Codes of Fastify and its plugins, and what they are called here. */
const FRAMEWORK_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
  FST_ERR_CTP_BODY_TOO_LARGE: 'PAYLOAD_TOO_LARGE',
  FST_CSRF_MISSING_SECRET: 'CSRF_REFUSED',
  FST_CSRF_INVALID_TOKEN: 'CSRF_REFUSED',
  FST_UNDER_PRESSURE: 'UNAVAILABLE',
  FST_ERR_REOPENED_CLOSE_SERVER: 'UNAVAILABLE',
}

/** Where the framework's own words leave out what to do. */
const OWN_DETAILS: Readonly<Partial<Record<ErrorCode, string>>> = {
  PAYLOAD_TOO_LARGE: `The body is longer than the ${MAX_BODY_BYTES} bytes that a request may have.`,
  UNSUPPORTED_MEDIA_TYPE: 'The body is not declared as application/json, the only kind that is read here.',
  CSRF_REFUSED: 'The header x-csrf-token is missing, or is not the one that GET /api/session gave to this session.',
}

/** Answers every error as problem details and logs those that are the server's fault. */
export function registerErrors(app: App): void {
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(problemFor(error, request.id), error, { request, reply }),
  )
}

/** Turns anything thrown into problem details; what is not a known error becomes INTERNAL without its text. */
export function problemFor(error: unknown, requestId: string): Problem {
  if (error instanceof AskFirstError) {
    return problemOf(error.code, { detail: error.message, requestId, details: error.details })
  }
  if (error instanceof RequestInvalid) {
    return problemOf('INVALID_REQUEST', {
      detail: `The request does not match the route's schema: ${error.message}`,
      requestId,
      fields: error.fields,
    })
  }
  return problemOf(codeOf(error), { detail: detailOf(error), requestId })
}

function codeOf(error: unknown): ErrorCode {
  if (!(error instanceof Error) || !('statusCode' in error) || typeof error.statusCode !== 'number') return 'INTERNAL'
  const known = 'code' in error && typeof error.code === 'string' ? FRAMEWORK_CODES[error.code] : undefined
  if (known !== undefined) return known
  if (error.statusCode === 429) return 'RATE_LIMITED'
  return error.statusCode >= 400 && error.statusCode < 500 ? 'INVALID_REQUEST' : 'INTERNAL'
}

function detailOf(error: unknown): string {
  const code = codeOf(error)
  if (code === 'INTERNAL' || !(error instanceof Error))
    return 'The server failed while it worked on the request. The log has the cause under this request id.'
  return OWN_DETAILS[code] ?? error.message
}

function sendProblem(
  problem: Problem,
  error: unknown,
  { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
): FastifyReply {
  if (problem.status >= 500) request.log.error({ err: error, code: problem.code }, 'request failed')
  return reply.code(problem.status).type(PROBLEM_TYPE).send(problem)
}
