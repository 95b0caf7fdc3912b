import { spawn } from 'node:child_process'

/** One program of the desktop with its arguments; texts are arguments or standard input, never part of a script. */
export interface DesktopProgram {
  /** Absolute path, or a name that the person's own PATH finds. */
  readonly file: string
  readonly args: readonly string[]
  /** Given on standard input; absent: none. */
  readonly input?: string
  /** Further variables of its environment; absent: none. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Starts programs as the person; tests put another in its place. */
export interface ProgramStarter {
  /** Starts a program and lets it live; false when it could not be started. */
  start(program: DesktopProgram): Promise<boolean>
  /** Runs a program to its end; null when it could not be started or took too long. */
  run(program: DesktopProgram, timeoutMs: number): Promise<EndedProgram | null>
}

/** How a program ended, and the beginning of what it wrote. */
export interface EndedProgram {
  readonly exitCode: number
  readonly out: string
  readonly err: string
  /** How long it ran, in ms. */
  readonly ranMs: number
}

/** Longest output that is read of a dialog. */
const MAX_OUT = 4_096

/** @param environment all that the programs see of it */
export function programStarter(environment: Readonly<Record<string, string>>): ProgramStarter {
  const options = { env: { ...environment }, shell: false, windowsHide: true } as const
  return {
    start({ file, args }) {
      return new Promise((resolve) => {
        const child = spawn(file, [...args], { ...options, stdio: 'ignore', detached: true })
        child.once('error', () => resolve(false))
        child.once('spawn', () => resolve(true))
        child.unref()
      })
    },
    run({ file, args, input, environment: further }, timeoutMs) {
      return new Promise((resolve) => {
        const child = spawn(file, [...args], {
          ...options,
          env: { ...options.env, ...further },
          stdio: ['pipe', 'pipe', 'pipe'],
          timeout: timeoutMs,
        })
        const startedAt = performance.now()
        let [out, err] = ['', '']
        child.stdout.on('data', (bytes: Buffer) => {
          out = (out + bytes.toString('utf8')).slice(0, MAX_OUT)
        })
        child.stderr.on('data', (bytes: Buffer) => {
          err = (err + bytes.toString('utf8')).slice(0, MAX_OUT)
        })
        child.stdin.on('error', () => undefined) // A program that reads nothing closes it early.
        child.stdin.end(input ?? '')
        child.once('error', () => resolve(null))
        child.once('close', (exitCode) => {
          const ranMs = performance.now() - startedAt
          resolve(exitCode === null ? null : { exitCode, out, err, ranMs })
        })
      })
    },
  }
}
