import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'

const compress = promisify(zstdCompress)
/** zstd's own default: higher levels cost several times the processor time for a few percent. */
const LEVEL = 3

/** Rows as they travel: zstd-compressed NDJSON and the SHA-256 of that body. */
export interface Chunk {
  readonly rows: number
  readonly rawBytes: number
  readonly body: Uint8Array
  readonly sha256: Uint8Array
}

/** Most bytes of rows in one chunk: a body that does not compress at all still fits its frame (SPEC L2). */
export const MAX_CHUNK_BYTES = 196_608

/** Packs serialised rows, each without its line end. */
export async function packChunk(rows: readonly string[]): Promise<Chunk> {
  const raw = Buffer.from(`${rows.join('\n')}\n`)
  const body = await compress(raw, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } })
  return { rows: rows.length, rawBytes: raw.length, body, sha256: createHash('sha256').update(body).digest() }
}
