import { flushCompileCache } from 'node:module'
import { startAgent } from '../../agent.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Runs the agent until it is told to stop (SIGINT, SIGTERM). */
export async function runAgent(context: CliContext): Promise<number> {
  const agent = await startAgent(context.config)
  flushCompileCache() // An agent that is killed starts as quickly the next time.
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
  await agent.stop()
  return EXIT.ok
}
