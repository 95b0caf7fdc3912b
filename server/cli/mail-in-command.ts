import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { ServerConfig } from '../config.ts'
import { createMailWriter } from '../mail/mail-writer.ts'
import { mailboxOf } from '../mail/mailbox.ts'
import type { Intake } from '../mail-in/mail-intake.ts'
import { MailIntake } from '../mail-in/mail-intake.ts'
import { MAX_MAIL_BYTES } from '../mail-in/parsed-mail.ts'
import { createSettingsService } from '../settings/settings-service.ts'
import type { Store } from '../store/store.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'

/** `mail-in`: takes one mail from the standard input, as mail servers hand it to a program. */
export function addMailInCommand(
  program: Command,
  sources: CliSources & { readonly stdin: NodeJS.ReadableStream },
  output: Output,
): void {
  const command = addConfigOptions(
    program
      .command('mail-in')
      .description('take one mail (RFC 5322) from the standard input; exit code 75: bring it again later'),
    ['dataDir', 'store', 'mailFrom', 'smtpHost'],
  )
  command.action(async () => {
    const config = await requireConfig(command, sources)
    const intake = await takeNow(config, await readMail(sources.stdin))
    printResult(output, command.opts<{ json?: boolean }>().json === true, { text: describe(intake), value: intake })
  })
}

/** @throws CommandFailed with the exit code by which mail servers know that they are to come again */
async function takeNow(config: ServerConfig, source: Buffer): Promise<Intake> {
  try {
    return await withStore(config, (store) => intakeOn(store, config).take(source))
  } catch (error) {
    if (error instanceof AskFirstError && error.code === 'UNAVAILABLE')
      throw new CommandFailed(`${error.message}. Bring the mail again later.`, EXIT.tryAgain)
    throw error
  }
}

function intakeOn(store: Store, config: ServerConfig): MailIntake {
  const ownAddress = mailboxOf(config.mailFrom ?? '')?.address ?? null
  const settings = createSettingsService({ store, clock: systemClock })
  const mails = createMailWriter({ settings, clock: systemClock, store, sender: ownAddress })
  return new MailIntake({ store, clock: systemClock, mails, ownAddress })
}

/** One byte more than is taken, so that what is too long is told from what just fits. */
async function readMail(stdin: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stdin) {
    const piece = Buffer.from(part)
    bytes += piece.length
    parts.push(piece)
    if (bytes > MAX_MAIL_BYTES) break
  }
  return Buffer.concat(parts)
}

function describe(intake: Intake): string {
  switch (intake.outcome) {
    case 'opened':
      return `Opened ticket ${intake.ticketNumber}.`
    case 'added':
      return `Added to ticket ${intake.ticketNumber}.`
    case 'known':
      return 'This mail was taken before.'
    case 'ignored':
      return `Ignored: ${intake.reason}.`
  }
}
