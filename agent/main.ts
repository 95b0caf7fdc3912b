import { AskFirstError, ERRORS } from '@askfirst/protocol/errors.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import { CommanderError } from 'commander'
import { EXIT, exitCodeOf } from './cli/exit-codes.ts'
import { createProgram } from './cli/program.ts'
import type { Terminal } from './cli/terminal.ts'
import { processTerminal } from './cli/terminal.ts'

/** Most characters of an error's text, which can hold words of a server, e.g. names in its certificate. */
const MAX_SHOWN = 2_000

/**
 * The program `askfirst-agent`.
 *
 * @param args the command line without interpreter and script
 * @returns the exit code
 */
export async function main(args: readonly string[], terminal: Terminal = processTerminal()): Promise<number> {
  const { program, invocation } = createProgram(terminal)
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : [...args], { from: 'user' })
    return (await invocation.run?.()) ?? EXIT.ok
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    return report(terminal, error, args.includes('--json'))
  }
}

/** With `--json` the error is one JSON object on standard error, so that scripts need not read prose. */
function report(terminal: Terminal, error: unknown, json: boolean): number {
  if (error instanceof AskFirstError) {
    terminal.note(
      json
        ? JSON.stringify({ error: { code: error.code, message: error.message } })
        : `${plainText(error.message, MAX_SHOWN)}\n(${error.code}: ${ERRORS[error.code].text})`,
    )
    return exitCodeOf(error.code)
  }
  const message = error instanceof Error ? error.message : String(error)
  terminal.note(
    json
      ? JSON.stringify({ error: { code: 'INTERNAL', message } })
      : `Something failed: ${plainText(message, MAX_SHOWN)}`,
  )
  return EXIT.failed
}
