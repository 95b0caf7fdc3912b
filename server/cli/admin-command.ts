import type { Command } from 'commander'
import { createInProcessBus } from '../bus/in-process.ts'
import { systemClock } from '../clock.ts'
import { createUserService } from '../users/user-service.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { CLI_ACTOR, withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'
import { readSecret } from './read-secret.ts'
import { addResetSecondFactor } from './reset-second-factor.ts'

const LEAST_PASSWORD = 12

/** `admin create`: an admin account, also when the only admin has forgotten the password; `admin reset-second-factor`. */
export function addAdminCommand(
  program: Command,
  sources: CliSources & { readonly stdin: NodeJS.ReadStream },
  output: Output,
): void {
  const group = program.command('admin').description('admin accounts')
  addResetSecondFactor(group, sources, output)
  const create = addConfigOptions(group.command('create').description('create an admin; works while the server runs'))
  create
    .requiredOption('--email <address>', 'e-mail address to sign in with')
    .requiredOption('--name <name>', 'name as others see it')
    .option(
      '--password-file <file>',
      'file whose first line is the password; otherwise it is asked, or read from a pipe',
    )
  create.action(async () => {
    const config = await requireConfig(create, sources)
    const options = create.opts<{ email: string; name: string; passwordFile?: string; json?: boolean }>()
    const password = await readSecret('Password: ', {
      file: options.passwordFile ?? null,
      stdin: sources.stdin,
      ask: output.err,
    })
    if (password.length < LEAST_PASSWORD) {
      throw new CommandFailed(`The password needs at least ${LEAST_PASSWORD} characters.`, EXIT.wrongUsage)
    }
    const bus = createInProcessBus((error) => {
      throw error
    })
    const user = await withStore(config, (store) =>
      createUserService({ store, clock: systemClock, bus }).create(
        { email: options.email, name: options.name, password },
        'admin',
        CLI_ACTOR,
      ),
    )
    const value = { id: user.id, email: user.email }
    printResult(output, options.json === true, { text: `Created the admin ${user.email} (${user.id}).`, value })
  })
}
