import type { Command } from 'commander'
import { describeReport, verifyFile } from '../export/verify-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT } from './output.ts'

interface VerifyOptions {
  readonly json?: boolean
  readonly logKey?: string
  readonly authority?: string
}

/** `verify FILE`: checks an exported ticket without a server and without the network. */
export function addVerifyCommand(program: Command, output: Output): void {
  const verify = program
    .command('verify <file>')
    .description('check an exported ticket offline: chain, chunks, receipts, checkpoints')
    .option('--log-key <key>', 'the log key that the owner of the server publishes')
    .option('--authority <sha256>', "fingerprint of the server's authority, hexadecimal")
    .option('--json', 'print one JSON object')
  verify.action(async (file: string) => {
    const { json, logKey, authority } = verify.opts<VerifyOptions>()
    const pins = {
      ...(logKey === undefined ? {} : { logKey }),
      ...(authority === undefined ? {} : { authoritySha256: authority }),
    }
    const report = await verifyFile(file, pins).catch((error: unknown) => {
      throw new CommandFailed(
        `${file} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`,
        EXIT.wrongUsage,
      )
    })
    output.out(json === true ? `${JSON.stringify(report)}\n` : describeReport(file, report))
    if (!report.ok) throw new CommandFailed(`${file} does not verify.`)
  })
}
