import type { Command } from 'commander'
import { CONFIG_KEYS } from '../config.ts'
import { runUntilStopped } from '../run-until-stopped.ts'
import { startServer } from '../start-server.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import type { Output } from './output.ts'

/** `start`: runs the server until it is told to stop. */
export function addStartCommand(program: Command, sources: CliSources, output: Output): void {
  const start = addConfigOptions(program.command('start').description('run the server'), CONFIG_KEYS)
  start.action(async () => {
    const config = await requireConfig(start, sources)
    const server = await startServer(config)
    const { uiUrl, agentPort, setupLink } = server
    if (start.opts<{ json?: boolean }>().json === true)
      output.out(`${JSON.stringify({ uiUrl, agentPort, setupLink })}\n`)
    else output.out(startText(uiUrl, setupLink))
    await runUntilStopped(server)
  })
}

function startText(uiUrl: string, setupLink: string | null): string {
  const setup = setupLink === null ? '' : `Create the first admin (the link works once):\n  ${setupLink}\n`
  return `AskFirst is at ${uiUrl}\n${setup}`
}
