import { createInterface } from 'node:readline/promises'

/** Where a command reads and writes. */
export interface Terminal {
  /** Whether a person sits at both ends. */
  readonly isInteractive: boolean
  /** Writes a line of result to standard output. */
  out(line: string): void
  /** Writes a line for people to standard error. */
  note(line: string): void
  /** Asks for one line; an empty one when the input ends. */
  ask(question: string): Promise<string>
}

/** The process's own streams. */
export function processTerminal(): Terminal {
  // A reader that has seen enough (`| head`) closes the pipe: then there is nobody left to write for.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
  return {
    isInteractive: process.stdin.isTTY === true && process.stdout.isTTY === true,
    out: (line) => void process.stdout.write(`${line}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
    async ask(question) {
      const reader = createInterface({ input: process.stdin, output: process.stdout })
      const ended = new Promise<string>((resolve) => reader.once('close', () => resolve('')))
      try {
        return await Promise.race([reader.question(question), ended])
      } finally {
        reader.close()
      }
    },
  }
}
