import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { openAuthority } from '@askfirst/server/ca/authority.ts'
import { openServerCertificate } from '@askfirst/server/ca/server-certificate.ts'
import { openTicketKeys } from '@askfirst/server/gateway/ticket-keys.ts'
import { WebSocketServer } from 'ws'
import { serveCalls } from './child.ts'
import { ownUsage, settledUsage } from './measure.ts'

/**
 * The floor: `ws` on node:https with the keys and TLS settings of the server beside it, and nothing else. No device
 * is looked up, nothing is answered, no list of sessions is kept.
 */
const [directory = ''] = process.argv.slice(2)
const authority = await openAuthority({ directory, name: 'bench', now: Date.now() })
const certificate = await openServerCertificate({
  authority,
  directory,
  hosts: ['127.0.0.1', 'localhost'],
  now: Date.now(),
})
const https = createServer({
  key: certificate.keyPem,
  cert: certificate.pem,
  ca: authority.certificatePem,
  // OpenSSL verifies it in each full handshake, of the server's too.
  crl: authority.crl([], Date.now()),
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ecdhCurve: 'X25519:P-256:X25519MLKEM768',
  requestCert: true,
  rejectUnauthorized: true,
  sessionIdContext: 'askfirst-agents',
  ticketKeys: await openTicketKeys(directory, Date.now()),
})
const sockets = new WebSocketServer({ server: https, perMessageDeflate: false, clientTracking: false })
let open = 0
sockets.on('connection', (socket) => {
  open += 1
  socket.on('close', () => {
    open -= 1
  })
})
await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve))

const calls = {
  // A TCP listener's address is never a path.
  port: () => (https.address() as AddressInfo).port,
  online: () => open,
  usage: ownUsage,
  settled: settledUsage,
}
export type FloorCalls = typeof calls

serveCalls(calls)
