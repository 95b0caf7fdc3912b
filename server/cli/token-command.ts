import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { openAuthority } from '../ca/authority.ts'
import { systemClock } from '../clock.ts'
import type { ServerConfig } from '../config.ts'
import type { EnrolmentWish } from '../enrolment/enrolment-service.ts'
import { createEnrolmentService } from '../enrolment/enrolment-service.ts'
import { AUTHORITY_NAME, keysDirectory } from '../places.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { CLI_ACTOR, withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'

interface TokenOptions {
  readonly label: string
  readonly uses: number
  readonly hours: number
  readonly approve: boolean
  readonly json?: boolean
}

/** `token create`: prints one enrolment code; works while the server runs. */
export function addTokenCommand(program: Command, sources: CliSources, output: Output): void {
  const group = program.command('token').description('enrolment tokens')
  const create = addConfigOptions(group.command('create').description('print a code that lets machines enrol'), [
    'dataDir',
    'store',
    'agentHosts',
    'agentPort',
  ])
  create
    .option('--label <text>', 'what the code is for', 'made on the command line')
    .option('--uses <n>', 'machines that can enrol with it', wholeNumber(1, 10_000), 1)
    .option('--hours <n>', 'hours until it expires', wholeNumber(1, 8_760), 24)
    .option('--approve', 'let these machines take part at once, without an admin looking at each', false)
  create.action(async () => {
    const config = await requireConfig(create, sources)
    const { label, uses, hours, approve, json } = create.opts<TokenOptions>()
    const made = await makeToken(config, { label, maxUses: uses, hours, approves: approve })
    const value = { id: made.token.id, code: made.code, uses, expiresAt: made.token.expiresAt, approves: approve }
    printResult(output, json === true, { text: made.code, value })
  })
}

async function makeToken(config: ServerConfig, wish: EnrolmentWish) {
  const [host] = config.agentHosts
  if (host === undefined || config.agentPort === 0) {
    throw new CommandFailed(
      "A code must name the agents' port: give --agent-port, the one that the server listens on.",
      EXIT.wrongUsage,
    )
  }
  return withStore(config, async (store) => {
    const authority = await openAuthority({
      directory: keysDirectory(config),
      name: AUTHORITY_NAME,
      now: systemClock.now(),
    })
    const address = { host, port: config.agentPort, authoritySha256: authority.sha256 }
    return createEnrolmentService({ store, clock: systemClock, address: () => address }).create(wish, CLI_ACTOR)
  })
}

/** A parser of whole numbers within bounds. */
function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    }
    return value
  }
}
