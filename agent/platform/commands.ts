import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { CommandOptions, Commands } from '../runtime/collector-context.ts'
import { SourceError } from '../runtime/collector-context.ts'
import type { CommandFacts, CommandOutcome } from './command-outcome.ts'
import { cutOutcome, LEFT_EARLY, outcomeOf } from './command-outcome.ts'
import type { CommandEnd, CommandSpec } from './command-run.ts'
import { CommandRun } from './command-run.ts'
import { findExecutable } from './find-executable.ts'
import { LineSplitter } from './line-splitter.ts'
import { runPowershell } from './powershell.ts'
import type { SourceLog } from './source-log.ts'
import { transcoder } from './transcoder.ts'

const DEFAULT_MAX_BYTES = 67_108_864
const DEFAULT_MAX_LINE_BYTES = 1_048_576

interface Dependencies {
  readonly platform: Platform
  readonly sources: SourceLog
  readonly signal: AbortSignal
}

interface Use extends Dependencies {
  readonly executables: readonly string[]
  readonly args: readonly string[]
  readonly options: CommandOptions
}

/** Programs for collectors, as collector-context.ts promises them. */
export function createCommands(dependencies: Dependencies): Commands {
  const commands: Commands = {
    lines: (executables, args, options = {}) => lines({ ...dependencies, executables, args, options }),
    bytes: (executables, args, options = {}) => output({ ...dependencies, executables, args, options }, () => 0),
    text: (executables, args, options = {}) => text({ ...dependencies, executables, args, options }),
    powershell: (script, params, options = {}) =>
      runPowershell({ platform: dependencies.platform, commands, script, params, options }),
  }
  return commands
}

async function* lines(use: Use): AsyncGenerator<string, void, undefined> {
  const splitter = new LineSplitter(use.options.maxLineBytes ?? DEFAULT_MAX_LINE_BYTES)
  const toUtf8 = transcoder(use.options.encoding)
  for await (const piece of output(use, () => splitter.cutLines)) yield* splitter.push(toUtf8(piece))
  const last = splitter.finish()
  if (last !== null) yield last
}

async function text(use: Use): Promise<string> {
  const pieces: Buffer[] = []
  const toUtf8 = transcoder(use.options.encoding)
  for await (const piece of output(use, () => 0)) pieces.push(toUtf8(piece))
  return Buffer.concat(pieces).toString('utf8')
}

/** Output up to its bound; leaves the source record and throws what the end of the program means. */
async function* output(use: Use, cutLines: () => number): AsyncGenerator<Buffer, void, undefined> {
  const executable = await findOrRecord(use)
  const run = new CommandRun(commandSpec(use, executable))
  const source = [executable, ...use.args].join(' ')
  let outcome = LEFT_EARLY
  try {
    const end = yield* bounded(run, use.options.maxBytes ?? DEFAULT_MAX_BYTES)
    outcome = 'kind' in end ? outcomeOf(end, factsOf(use, run, cutLines())) : end
  } finally {
    use.sources.add({ source, kind: 'command', ...outcome.record })
  }
  use.signal.throwIfAborted()
  if (outcome.problem !== null) throw new SourceError(outcome.problem, source, outcome.record.detail ?? source)
}

/** Passes at most `maxBytes` on; returns how the program ended, or that its output was cut. */
async function* bounded(
  run: CommandRun,
  maxBytes: number,
): AsyncGenerator<Buffer, CommandEnd | CommandOutcome, undefined> {
  const pieces = run.output()
  let room = maxBytes
  try {
    for (;;) {
      const step = await pieces.next()
      if (step.done === true) return step.value
      if (step.value.length > room) {
        yield step.value.subarray(0, room)
        return cutOutcome(maxBytes)
      }
      room -= step.value.length
      yield step.value
    }
  } finally {
    await pieces.return({ kind: 'aborted' })
  }
}

async function findOrRecord(use: Use): Promise<string> {
  try {
    return await findExecutable(use.executables)
  } catch (error) {
    if (error instanceof SourceError)
      use.sources.add({
        source: [error.source, ...use.args].join(' '),
        kind: 'command',
        state: error.problem,
        detail: error.message,
      })
    throw error
  }
}

function factsOf(use: Use, run: CommandRun, cutLines: number): CommandFacts {
  return { stderr: run.stderr, cutLines, okExitCodes: use.options.okExitCodes ?? [0] }
}

function commandSpec(use: Use, executable: string): CommandSpec {
  const { input, timeoutMs } = use.options
  return {
    platform: use.platform,
    executable,
    args: use.args,
    signal: use.signal,
    ...(input === undefined ? {} : { input }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  }
}
