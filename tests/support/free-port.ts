import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Below what systems give out for port 0 and for outgoing connections: while a process that was killed is down, nobody
 * else comes upon its port, whatever runs beside.
 */
const FROM = 20_000
const TO = 32_768
const TRIES = 100

/** A port of the loopback interface for a process that keeps it over restarts. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FROM, TO)
    if (await isFree(port)) return port
  }
  throw new Error(`None of ${TRIES} ports from ${FROM} to ${TO} was free`)
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}
