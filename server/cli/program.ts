import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { Command, CommanderError } from 'commander'
import { addAdminCommand } from './admin-command.ts'
import { addAgeOutCommand } from './age-out-command.ts'
import { addBackupCommand, addRestoreCommand } from './backup-command.ts'
import { addCheckCommand } from './check-command.ts'
import { addConfigCommand } from './config-command.ts'
import type { CliSources } from './config-options.ts'
import { addMailInCommand } from './mail-in-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT } from './output.ts'
import { addStartCommand } from './start-command.ts'
import { systemProblem } from './system-problem.ts'
import { addTokenCommand } from './token-command.ts'
import { addVerifyCommand } from './verify-command.ts'

export interface CliInput extends CliSources {
  /** Arguments after the program's name. */
  readonly args: readonly string[]
  readonly stdin: NodeJS.ReadStream
  readonly version: string
}

/**
 * Runs one command of `askfirst-server`.
 *
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage or configuration
 */
export async function runCli(input: CliInput, output: Output): Promise<number> {
  const program = createProgram(input, output)
  try {
    await program.parseAsync([...input.args], { from: 'user' })
    return EXIT.done
  } catch (error) {
    return report(error, output)
  }
}

function createProgram(input: CliInput, output: Output): Command {
  const program = new Command('askfirst-server')
  program
    .description('The control server of AskFirst: remote diagnostics that ask first')
    .version(input.version, '-V, --version')
    .helpCommand(false)
    .addHelpText('after', '\nExit codes: 0 done, 1 failed, 2 wrong usage or configuration.')
    .configureOutput({ writeOut: output.out, writeErr: output.err })
    .exitOverride()
  addStartCommand(program, input, output)
  addAdminCommand(program, input, output)
  addTokenCommand(program, input, output)
  addBackupCommand(program, input, output)
  addRestoreCommand(program, input, output)
  addCheckCommand(program, input, output)
  addMailInCommand(program, input, output)
  addAgeOutCommand(program, input, output)
  addVerifyCommand(program, output)
  addConfigCommand(program, input, output)
  return program
}

function report(error: unknown, output: Output): number {
  // Commander has printed its own message already; help and version end with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.wrongUsage
  if (error instanceof CommandFailed) {
    output.err(`${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof AskFirstError) {
    // The message says what was wrong here; the table's own text is written for pages.
    output.err(`${error.message.replace(/\.?$/, '.')} (${error.code})\n`)
    return EXIT.failed
  }
  const problem = systemProblem(error)
  if (problem === null) throw error
  output.err(`${problem}\n`)
  return EXIT.failed
}
