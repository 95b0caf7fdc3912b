// The floor of an agent: plain JavaScript, `ws`, TLS with a client certificate, one hello, and nothing else.
// Argument: a JSON file with { port, ca, cert, key, hello, protocol }. Prints a line when it is connected.
import { readFileSync } from 'node:fs'
import { WebSocket } from 'ws'

const { port, ca, cert, key, hello, protocol } = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const socket = new WebSocket(`wss://127.0.0.1:${port}/link`, [protocol], { ca, cert, key, perMessageDeflate: false })
socket.on('open', () => socket.send(JSON.stringify(hello)))
socket.once('message', () => process.stdout.write('"msg":"connected"\n'))
