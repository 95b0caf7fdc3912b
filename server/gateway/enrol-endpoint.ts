import type { IncomingMessage, ServerResponse } from 'node:http'
import { EnrolmentRequest, MAX_ENROLMENT_BYTES } from '@askfirst/protocol/enrolment.ts'
import { AskFirstError, ERRORS } from '@askfirst/protocol/errors.ts'
import { jsonBoundsProblem } from '@askfirst/protocol/json-bounds.ts'
import type { Logger } from 'pino'
import { Compile } from 'typebox/compile'
import { AddressLimit } from './address-limit.ts'
import type { EnrolDeps } from './enrol-device.ts'
import { enrolDevice } from './enrol-device.ts'

/** Tries per minute and address: enough for a roll-out behind one NAT gateway, hopeless against 128-bit tokens. */
const TRIES_PER_MINUTE = 60

const isEnrolmentRequest = Compile(EnrolmentRequest)

/**
 * The one HTTP request that the agents' port answers: `POST /enrol`. Everything else is 404. Errors are RFC 9457
 * problem details.
 */
export class EnrolEndpoint {
  readonly #deps: EnrolDeps
  readonly #log: Logger
  readonly #limit: AddressLimit

  /** Called when a machine was enrolled again: the certificates that it had before are revoked. */
  onReinstalled: () => Promise<void> = async () => undefined

  constructor(deps: EnrolDeps & { readonly log: Logger }, triesPerMinute = TRIES_PER_MINUTE) {
    this.#deps = deps
    this.#log = deps.log
    this.#limit = new AddressLimit(triesPerMinute, 60_000)
  }

  /** Answers a request; never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = request.socket.remoteAddress ?? ''
    try {
      const answer = await this.#enrol(request, address)
      sendJson(response, { status: 201, type: 'application/json', body: answer })
    } catch (error) {
      const known =
        error instanceof AskFirstError ? error : new AskFirstError('INTERNAL', 'Enrolment failed.', { cause: error })
      if (known.code === 'INTERNAL') this.#log.error({ err: error, address }, 'enrolment failed')
      else this.#log.warn({ code: known.code, address }, 'enrolment refused')
      sendProblem(response, known)
    }
  }

  async #enrol(request: IncomingMessage, address: string) {
    checkTarget(request)
    const waitMs = this.#limit.take(address, this.#deps.clock.now())
    if (waitMs > 0) {
      throw new AskFirstError('RATE_LIMITED', 'Too many enrolments from this address.', {
        details: { retryAfter: Math.ceil(waitMs / 1_000) },
      })
    }
    const { answer, reinstalled } = await enrolDevice(this.#deps, parseBody(await readBody(request)))
    if (reinstalled) await this.onReinstalled()
    this.#log.info({ deviceId: answer.deviceId, standing: answer.standing, reinstalled, address }, 'device enrolled')
    return answer
  }
}

function checkTarget(request: IncomingMessage): void {
  if (request.url !== '/enrol') throw new AskFirstError('NOT_FOUND', 'The agents’ port answers only POST /enrol.')
  if (request.method !== 'POST') throw new AskFirstError('METHOD_NOT_ALLOWED', '/enrol takes only POST.')
  // A browser always names an origin with a POST; no agent does.
  if (request.headers.origin !== undefined) throw new AskFirstError('CSRF_REFUSED', 'A browser has no business here.')
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new AskFirstError('UNSUPPORTED_MEDIA_TYPE', '/enrol takes only application/json.')
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of request) {
    const bytes = piece as Buffer // No encoding is set on the stream, so it yields buffers.
    length += bytes.length
    if (length > MAX_ENROLMENT_BYTES) {
      throw new AskFirstError('PAYLOAD_TOO_LARGE', `An enrolment has at most ${MAX_ENROLMENT_BYTES} bytes.`)
    }
    pieces.push(bytes)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function parseBody(text: string): EnrolmentRequest {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw notJson(error)
  }
  const bounds = jsonBoundsProblem(value)
  if (bounds !== null) throw new AskFirstError('INVALID_REQUEST', `The body breaks a bound: ${bounds}.`)
  if (isEnrolmentRequest.Check(value)) return value
  const first = isEnrolmentRequest.Errors(value)[0]
  throw new AskFirstError('INVALID_REQUEST', 'The body does not match the schema of an enrolment.', {
    details: { field: first?.instancePath ?? '', problem: first?.message ?? '' },
  })
}

function notJson(cause: unknown): AskFirstError {
  return new AskFirstError('INVALID_REQUEST', 'The body is not JSON.', { cause })
}

function sendProblem(response: ServerResponse, error: AskFirstError): void {
  const row = ERRORS[error.code]
  const detail = error.code === 'INTERNAL' ? row.text : error.message
  const body = { type: 'about:blank', title: row.text, status: row.status, code: error.code, detail, ...error.details }
  const retryAfter = error.details.retryAfter
  if (typeof retryAfter === 'number') response.setHeader('retry-after', String(retryAfter))
  // The rest of a body that was refused is not read: the connection ends with the answer.
  response.setHeader('connection', 'close')
  sendJson(response, { status: row.status, type: 'application/problem+json', body })
}

function sendJson(
  response: ServerResponse,
  answer: { readonly status: number; readonly type: string; readonly body: object },
): void {
  if (response.destroyed || response.headersSent) return
  const text = JSON.stringify(answer.body)
  response.writeHead(answer.status, {
    'content-type': answer.type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
  })
  response.end(text)
}
