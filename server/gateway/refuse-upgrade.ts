import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'

/** Answers an upgrade with problem details and closes the connection. */
export function refuseUpgrade(socket: Duplex, code: ErrorCode, detail: string): void {
  if (socket.destroyed) return
  const { status, text } = ERRORS[code]
  const body = JSON.stringify({ type: 'about:blank', title: text, status, code, detail })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Error'}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy())
}
