import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'

const LINE_BREAK = 0x0a
/** Node's least size of a buffer to unpack into. */
const MIN_UNPACKING = 64

const decompress = promisify(zstdDecompress)

/**
 * Some lines of a chunk that was indexed, off this thread's loop.
 *
 * @param rows numbers of the lines, from 0, ascending
 * @throws Error of zlib, or RangeError, when the chunk is not the one that was indexed
 */
export async function linesOf(
  chunk: { readonly body: Uint8Array; readonly rawBytes: number },
  rows: readonly number[],
): Promise<readonly string[]> {
  const chunkSize = Math.max(chunk.rawBytes, MIN_UNPACKING)
  const raw = await decompress(chunk.body, { maxOutputLength: chunkSize, chunkSize })
  const lines: string[] = []
  let [line, start] = [0, 0]
  for (const row of rows) {
    for (; line < row; line += 1) start = raw.indexOf(LINE_BREAK, start) + 1
    const end = raw.indexOf(LINE_BREAK, start)
    if (end === -1 || (line > 0 && start === 0)) throw new RangeError(`A chunk has no row ${row}`)
    lines.push(raw.toString('utf8', start, end))
  }
  return lines
}
