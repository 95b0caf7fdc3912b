/** Where a command writes; tests pass their own. */
export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** Exit codes of all commands. */
export const EXIT = { done: 0, failed: 1, wrongUsage: 2, tryAgain: 75 } as const

/** A command that did not do what was asked; the text says what was wrong and what to do. */
export class CommandFailed extends Error {
  readonly exitCode: number

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message)
    this.name = 'CommandFailed'
    this.exitCode = exitCode
  }
}

/** Prints one result: a line for people, or one line of JSON with `--json`. */
export function printResult(
  output: Output,
  json: boolean,
  result: { readonly text: string; readonly value: unknown },
): void {
  output.out(`${json ? JSON.stringify(result.value) : result.text}\n`)
}
