import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const SERVER = `${ROOT}server/bin/askfirst-server.mjs`
const AGENT = `${ROOT}agent/bin/askfirst-agent.mjs`

/** What a server prints when it is ready. */
export interface ServerFacts {
  readonly uiUrl: string
  readonly agentPort: number
  readonly setupLink: string | null
}

export interface RunningProcess {
  readonly child: ChildProcess
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>
  /** SIGTERM, and after the grace period SIGKILL; resolves when the process is gone. */
  stop(graceMs?: number): Promise<void>
}

/** Starts `askfirst-server start`; its log goes to a file. @throws Error with the log's last lines when it does not come up */
export async function startServerProcess(
  args: readonly string[],
  logFile: string,
): Promise<RunningProcess & { readonly facts: ServerFacts }> {
  const running = startProcess([SERVER, 'start', '--json', ...args], logFile)
  const facts = await firstFacts(running, logFile)
  return { ...running, facts }
}

/** Starts `askfirst-agent run`; its log goes to a file. */
export function startAgentProcess(dataDir: string, logFile: string): RunningProcess {
  return startProcess([AGENT, 'run', '--data', dataDir], logFile)
}

/** Runs one command of `askfirst-server` to its end. @throws Error with what it wrote when it fails */
export function serverCommand(args: readonly string[]): Promise<string> {
  return command([SERVER, ...args])
}

/** Runs one command of `askfirst-agent` to its end. @throws Error with what it wrote when it fails */
export function agentCommand(args: readonly string[]): Promise<string> {
  return command([AGENT, ...args])
}

function startProcess(args: readonly string[], logFile: string): RunningProcess {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
    log.end()
    return typeof code === 'number' ? code : String(signal)
  })
  return { child, ended, stop: (graceMs = 10_000) => stopProcess(child, ended, graceMs) }
}

async function stopProcess(child: ChildProcess, ended: Promise<unknown>, graceMs: number): Promise<void> {
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
  await ended
  clearTimeout(timer)
}

async function firstFacts(running: RunningProcess, logFile: string): Promise<ServerFacts> {
  const { stdout } = running.child
  if (stdout === null) throw new Error('The server was started without a pipe')
  const lines = createInterface({ input: stdout })
  const found = Promise.withResolvers<ServerFacts>()
  lines.on('line', (line) => {
    const facts = factsOf(line)
    if (facts !== null) found.resolve(facts)
  })
  const died = running.ended.then((code) => {
    const last = readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('\n')
    throw new Error(`The server ended with ${code} before it was ready:\n${last}\nIts whole log is ${logFile}.`)
  })
  return Promise.race([found.promise, died])
}

function factsOf(line: string): ServerFacts | null {
  if (!line.startsWith('{') || !line.includes('"uiUrl"')) return null
  const value: unknown = JSON.parse(line)
  // The line is the server's own output: `askfirst-server start --json`.
  return typeof value === 'object' && value !== null && 'uiUrl' in value ? (value as ServerFacts) : null
}

async function command(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
  })
  const [code] = (await once(child, 'close')) as [number | null]
  if (code === 0) return out
  throw new Error(`${args.slice(1).join(' ')} ended with ${code}: ${err.trim() || out.trim()}`)
}
