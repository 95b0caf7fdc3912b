import type { CommandOptions } from '../runtime/collector-context.ts'

/**
 * Turns the pieces of a program's output into UTF-8, piece by piece: a letter may be cut between two pieces. Without an
 * encoding the output is UTF-8 already.
 */
export function transcoder(encoding: CommandOptions['encoding']): (piece: Buffer) => Buffer {
  if (encoding === undefined) return (piece) => piece
  const decoder = new TextDecoder(encoding)
  return (piece) => Buffer.from(decoder.decode(piece, { stream: true }), 'utf8')
}
