import { readFile } from 'node:fs/promises'
import type { ReadStream } from 'node:tty'
import { CommandFailed, EXIT } from './output.ts'

const MOST_BYTES = 4_096

/** Where a secret can come from; never from a flag, which other accounts of the machine can see. */
export interface SecretSource {
  /** A file whose first line is the secret; null to ask or to read the standard input. */
  readonly file: string | null
  readonly stdin: NodeJS.ReadStream
  readonly ask: (question: string) => void
}

/** Reads a password from a file, from a pipe, or from the keyboard without showing it. */
export async function readSecret(question: string, source: SecretSource): Promise<string> {
  if (source.file !== null) return firstLine(await readFile(source.file, 'utf8'))
  if (source.stdin.isTTY) {
    source.ask(question)
    const secret = await readHidden(source.stdin)
    source.ask('\n')
    return secret
  }
  let text = ''
  for await (const part of source.stdin) {
    text += String(part)
    if (text.length > MOST_BYTES)
      throw new CommandFailed('The password on the standard input is too long.', EXIT.wrongUsage)
    if (text.includes('\n')) break
  }
  return firstLine(text)
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? ''
}

/** Reads keys until Enter; Ctrl-C and Ctrl-D give up. */
async function readHidden(terminal: ReadStream): Promise<string> {
  terminal.setRawMode(true)
  try {
    let secret = ''
    for await (const part of terminal) {
      for (const key of String(part)) {
        if (key === '\r' || key === '\n') return secret
        if (key === '\u0003' || key === '\u0004') throw new CommandFailed('Nothing was changed.')
        secret = key === '\u007f' ? secret.slice(0, -1) : secret + key
      }
    }
    return secret
  } finally {
    terminal.setRawMode(false)
  }
}
