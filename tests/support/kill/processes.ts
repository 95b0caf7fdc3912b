import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import type { ServerFacts } from '../../../scripts/lib/processes.ts'
import { ROOT } from '../../../scripts/lib/processes.ts'
import { BUNDLED_KILL_AGENT, BUNDLED_SERVER } from '../bundled-programs.ts'
import type { TapEvent } from './tap.ts'

/** A real process that is to be killed. */
export interface Victim {
  readonly child: ChildProcess
  /** Resolves with the exit code, or the signal's name, when the process is gone and all it told was read. */
  readonly ended: Promise<number | string>
}

/** Starts `askfirst-server start`; `ready` rejects when the process ends before it answers. */
export function startServer(
  args: readonly string[],
  logFile: string,
): Victim & { readonly ready: Promise<ServerFacts> } {
  const victim = start([BUNDLED_SERVER, 'start', '--json', ...args], { logFile, pipe: 1 })
  const lines = createInterface({ input: pipeOf(victim.child, 1) })
  // The first line is the server's own output, in the form of `--json`.
  const facts = once(lines, 'line').then(([line]) => JSON.parse(String(line)) as ServerFacts)
  const died = victim.ended.then((how) => {
    throw new Error(`The server ended with ${how} before it answered; its log is ${logFile}`)
  })
  const ready = Promise.race([facts, died])
  ready.catch(() => undefined) // Whoever kills it does not wait for it.
  return { ...victim, ready }
}

/**
 * Starts the agent with the test collectors; `onEvent` hears every control message on its socket.
 *
 * @param options.aheadMs how far its wall clock is ahead of the machine's
 */
export function startAgent(
  options: { readonly dataDir: string; readonly logFile: string; readonly aheadMs: number },
  onEvent: (event: TapEvent) => void,
): Victim {
  const { dataDir, logFile, aheadMs } = options
  const victim = start([BUNDLED_KILL_AGENT, dataDir, String(aheadMs)], { logFile, pipe: 3 })
  const lines = createInterface({ input: pipeOf(victim.child, 3) })
  lines.on('line', (line) => onEvent(JSON.parse(line) as TapEvent)) // tap.ts wrote it.
  const drained = once(lines, 'close')
  return { ...victim, ended: victim.ended.then((how) => drained.then(() => how)) }
}

/** SIGKILL, and gone when this resolves. */
export async function kill({ child, ended }: Victim): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

/** SIGTERM; resolves with the exit code. A process that needs longer than `graceMs` is killed and gives `SIGKILL`. */
export async function terminate({ child, ended }: Victim, graceMs = 20_000): Promise<number | string> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  const how = await ended
  clearTimeout(timer)
  return how
}

function start(args: readonly string[], { logFile, pipe }: { readonly logFile: string; readonly pipe: 1 | 3 }): Victim {
  const log = openSync(logFile, 'a', 0o600)
  const stdout = pipe === 1 ? 'pipe' : log
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', stdout, log, ...(pipe === 3 ? (['pipe'] as const) : [])],
  })
  closeSync(log)
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) =>
    typeof code === 'number' ? code : String(signal),
  )
  return { child, ended }
}

function pipeOf({ stdio }: ChildProcess, at: number): Readable {
  return stdio[at] as Readable // `start` asked for a pipe there.
}
