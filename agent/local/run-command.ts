import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { SchemaCheck } from '@askfirst/protocol/schema-check.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { TSchema } from 'typebox'
import type { CommandArgs, CommandName } from './commands.ts'
import { COMMANDS, isCommandName } from './commands.ts'
import type { Outcome } from './exchange.ts'
import { readAsk } from './exchange.ts'
import type { LocalHandlers } from './local-handlers.ts'
import type { LocalUser } from './local-operations.ts'

const validators = new Map<CommandName, SchemaCheck<unknown>>()

interface Runner {
  readonly handlers: LocalHandlers
  readonly onProblem: (problem: string, error?: unknown) => void
}

/** Reads, checks and runs one command. Never throws: a failure becomes an outcome with a code of the error table. */
export async function runCommand(
  text: string,
  runner: Runner,
  user: LocalUser,
): Promise<{ readonly id: number; readonly outcome: Outcome }> {
  const ask = readAsk(text)
  if (ask === null)
    return { id: 1, outcome: failed('LOCAL_REQUEST_INVALID', 'This is not a command of the local channel.') }
  if (!isCommandName(ask.command))
    return {
      id: ask.id,
      outcome: failed(
        'LOCAL_REQUEST_INVALID',
        `The agent knows no command "${ask.command}". Agent and command line may be of different versions.`,
      ),
    }
  const problem = argsProblem(ask.command, ask.args)
  if (problem !== null) return { id: ask.id, outcome: failed('LOCAL_REQUEST_INVALID', `${ask.command}: ${problem}`) }
  try {
    return { id: ask.id, outcome: { ok: true, result: await handle(runner.handlers, ask.command, ask.args, user) } }
  } catch (error) {
    if (error instanceof AskFirstError) return { id: ask.id, outcome: failed(error.code, error.message) }
    runner.onProblem(`The local command ${ask.command} failed`, error)
    return { id: ask.id, outcome: failed('INTERNAL', 'The agent failed at this command. Its log says why.') }
  }
}

function handle<Name extends CommandName>(
  handlers: LocalHandlers,
  name: Name,
  args: unknown,
  user: LocalUser,
): Promise<unknown> {
  // `argsProblem` has checked the arguments against this command's own schema.
  return handlers[name](args as CommandArgs<Name>, user)
}

function argsProblem(name: CommandName, args: unknown): string | null {
  const validator = validators.get(name) ?? schemaCheck(COMMANDS[name].args as TSchema)
  validators.set(name, validator)
  if (validator.Check(args)) return null
  const first = validator.Errors(args)[0]
  return `${first?.instancePath || '/'} ${first?.message ?? 'does not match its schema'}`.slice(0, 300)
}

function failed(code: string, detail: string): Outcome {
  return { ok: false, code, detail: detail.slice(0, 4_000) }
}
