import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'

/** Fields that never belong into a log, wherever a careless call puts them. */
const SECRET_FIELDS = [
  'password',
  'passwordHash',
  'secret',
  'token',
  'authorization',
  'cookie',
  'csrfToken',
  'jws',
].flatMap((field) => [field, `*.${field}`])

/**
 * The server's logger: JSON lines with ids and counts. A request is written as method and path: the query may hold search
 * words or the set-up token, headers hold cookies and tokens, bodies hold anything.
 */
export function createLogger(level: string, destination: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: [...SECRET_FIELDS, 'req.headers', 'res.headers'], censor: '[removed]' },
      serializers: { req: requestFacts, res: replyFacts, err: pino.stdSerializers.err },
    },
    destination,
  )
}

function requestFacts(request: { readonly method?: string; readonly url?: string; readonly ip?: string }) {
  const path = request.url?.split('?', 1)[0]
  return { method: request.method, path: path?.replace(LINK_TOKEN, '/r/[removed]'), address: request.ip }
}

/** Address of a link from a mail, which opens somebody's ticket. */
const LINK_TOKEN = /^\/r\/[^/]{16,}$/

function replyFacts(reply: { readonly statusCode?: number }) {
  return { status: reply.statusCode }
}
