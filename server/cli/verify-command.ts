import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { describeReport, verifyFile } from '../export/verify-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT } from './output.ts'

interface VerifyOptions {
  readonly json?: boolean
  readonly logKey?: string
  readonly authority?: string
  readonly witness?: string
}

/** `verify FILE`: checks an exported ticket without a server and without the network. */
export function addVerifyCommand(program: Command, output: Output): void {
  const verify = program
    .command('verify <file>')
    .description('check an exported ticket offline: chain, chunks, receipts, checkpoints')
    .option('--log-key <key>', 'the log key that the owner of the server publishes')
    .option('--authority <sha256>', "fingerprint of the server's authority, hexadecimal")
    .option('--witness <note>', 'file with a checkpoint that a report or a device kept: the log must continue it')
    .option('--json', 'print one JSON object')
  verify.action(async (file: string) => {
    const { json, logKey, authority, witness } = verify.opts<VerifyOptions>()
    const pins = {
      ...(logKey === undefined ? {} : { logKey }),
      ...(authority === undefined ? {} : { authoritySha256: authority }),
      ...(witness === undefined ? {} : { witness: await readNote(witness) }),
    }
    const report = await verifyFile(file, pins).catch(unreadable(file))
    output.out(json === true ? `${JSON.stringify(report)}\n` : describeReport(file, report))
    if (!report.ok) throw new CommandFailed(`${file} does not verify.`)
  })
}

/** A signed note as somebody saved it: with the line ends of their editor, perhaps without the last one. */
async function readNote(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(unreadable(file))
  return `${text.replaceAll('\r\n', '\n').trimEnd()}\n`
}

function unreadable(file: string): (error: unknown) => never {
  return (error) => {
    const why = error instanceof Error ? error.message : 'unknown'
    throw new CommandFailed(`${file} cannot be read: ${why}`, EXIT.wrongUsage)
  }
}
