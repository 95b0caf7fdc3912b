import type { Command } from 'commander'
import { auditDraft } from '../audit/audit-draft.ts'
import { isoNow, systemClock } from '../clock.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { CLI_ACTOR, withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'

/** `admin reset-second-factor`: for the admin whose phone is gone and who has no recovery code left. */
export function addResetSecondFactor(group: Command, sources: CliSources, output: Output): void {
  const reset = addConfigOptions(
    group
      .command('reset-second-factor')
      .description('remove the second factors of an account and end its sessions; works while the server runs'),
  )
  reset.requiredOption('--email <address>', 'e-mail address of the account')
  reset.action(async () => {
    const config = await requireConfig(reset, sources)
    const options = reset.opts<{ email: string; json?: boolean }>()
    const value = await withStore(config, async (store) => {
      const user = await store.users.byEmail(options.email.toLowerCase())
      if (user === null) throw new CommandFailed(`There is no account ${options.email}.`, EXIT.failed)
      const audit = auditDraft(systemClock, { actor: CLI_ACTOR, action: 'second-factors.reset', subject: user.id })
      const wasReset = await store.factors.reset(user.id, audit)
      if (wasReset) await store.sessions.deleteForUser(user.id)
      return { id: user.id, email: user.email, reset: wasReset, at: isoNow(systemClock) }
    })
    const text = value.reset
      ? `Removed the second factors of ${value.email} and ended its sessions.`
      : `The account ${value.email} has no second factor.`
    printResult(output, options.json === true, { text, value })
  })
}
