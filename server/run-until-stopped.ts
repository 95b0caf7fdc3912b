import closeWithGrace from 'close-with-grace'
import type { RunningServer } from './start-server.ts'

/** Orchestrators kill after 30 s; by then everything must be closed. */
const SHUTDOWN_MS = 25_000

/**
 * Runs until SIGTERM, SIGINT or a fatal error, then closes in order and exits; a second signal exits at once. The promise
 * never resolves: the process ends instead.
 */
export function runUntilStopped(server: RunningServer): Promise<never> {
  const { log } = server
  const logger = { error: (message: unknown) => log.error({ err: message }, 'shutdown') }
  closeWithGrace({ delay: SHUTDOWN_MS, logger }, async ({ err, signal }) => {
    if (err !== undefined) log.fatal({ err }, 'a fatal error stops the server')
    else log.info({ signal }, 'the server stops')
    await server.close()
  })
  return new Promise<never>(() => undefined)
}
