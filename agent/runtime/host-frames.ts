import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Chunk } from './chunk.ts'

/**
 * Frames between the agent and its collector host, on a pipe that only the two of them have. Each is a length of four
 * bytes (big-endian, counting what follows), one byte that says the kind, and the content:
 * - kind 1: a message as JSON in UTF-8 (host-messages.ts)
 * - kind 2: a chunk: run id (30 bytes of ASCII), rows (4), bytes when decompressed (4), SHA-256 (32), body
 */
export const HOST_MESSAGE = 1
export const HOST_CHUNK = 2

const LENGTH_BYTES = 4
const RUN_ID_BYTES = 30
const CHUNK_HEAD_BYTES = RUN_ID_BYTES + 4 + 4 + 32
const MAX_FRAME_BYTES = 1_048_576

export type HostFrame =
  | { readonly kind: typeof HOST_MESSAGE; readonly message: unknown }
  | { readonly kind: typeof HOST_CHUNK; readonly runId: string; readonly chunk: Chunk }

/** Puts a message into a frame. @throws RangeError when it is too long */
export function encodeHostMessage(message: unknown): Buffer {
  return frame(HOST_MESSAGE, [Buffer.from(JSON.stringify(message))])
}

/** Puts a chunk into a frame. @throws RangeError when it is too long */
export function encodeHostChunk(runId: string, chunk: Chunk): Buffer {
  const head = Buffer.alloc(CHUNK_HEAD_BYTES)
  head.write(runId, 0, RUN_ID_BYTES, 'latin1')
  head.writeUInt32BE(chunk.rows, RUN_ID_BYTES)
  head.writeUInt32BE(chunk.rawBytes, RUN_ID_BYTES + 4)
  head.set(chunk.sha256, RUN_ID_BYTES + 8)
  return frame(HOST_CHUNK, [head, chunk.body])
}

function frame(kind: number, parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 1)
  if (length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${length} bytes is too long for the collector host`)
  const head = Buffer.alloc(LENGTH_BYTES + 1)
  head.writeUInt32BE(length)
  head.writeUInt8(kind, LENGTH_BYTES)
  return Buffer.concat([head, ...parts])
}

/** Reads frames from a stream of bytes; holds at most one frame and the piece that came last. */
export class HostFrameReader {
  #held: Buffer = Buffer.alloc(0);

  /**
   * Yields the frames that are complete with this piece.
   *
   * @throws RangeError or SyntaxError when the stream is not one of frames: the pipe is of no use any more
   */
  *push(piece: Buffer): Generator<HostFrame, void, undefined> {
    this.#held = this.#held.length === 0 ? piece : Buffer.concat([this.#held, piece])
    while (this.#held.length >= LENGTH_BYTES) {
      const length = this.#held.readUInt32BE(0)
      if (length < 1 || length > MAX_FRAME_BYTES) throw new RangeError(`A frame of ${length} bytes is out of bounds`)
      if (this.#held.length < LENGTH_BYTES + length) return
      const content = this.#held.subarray(LENGTH_BYTES, LENGTH_BYTES + length)
      this.#held = this.#held.subarray(LENGTH_BYTES + length)
      yield decode(content)
    }
  }
}

function decode(content: Buffer): HostFrame {
  const kind = content.readUInt8(0)
  const rest = content.subarray(1)
  if (kind === HOST_MESSAGE) return { kind, message: JSON.parse(rest.toString('utf8')) }
  if (kind !== HOST_CHUNK) throw new RangeError(`${kind} is not a kind of frame`)
  if (rest.length < CHUNK_HEAD_BYTES) throw new RangeError(`A chunk of ${rest.length} bytes is shorter than its head`)
  return { kind, runId: rest.toString('latin1', 0, RUN_ID_BYTES), chunk: decodeChunk(rest) }
}

function decodeChunk(content: Buffer): Chunk {
  const chunk = {
    rows: content.readUInt32BE(RUN_ID_BYTES),
    rawBytes: content.readUInt32BE(RUN_ID_BYTES + 4),
    sha256: Uint8Array.from(content.subarray(RUN_ID_BYTES + 8, CHUNK_HEAD_BYTES)),
    // A copy: the frame's memory is shared with the frames around it.
    body: Uint8Array.from(content.subarray(CHUNK_HEAD_BYTES)),
  }
  if (chunk.rows < 1 || chunk.rows > LIMITS.maxChunkRows) throw new RangeError(`${chunk.rows} rows are out of bounds`)
  if (chunk.rawBytes < 2 || chunk.rawBytes > LIMITS.maxChunkRawBytes)
    throw new RangeError(`${chunk.rawBytes} raw bytes are out of bounds`)
  return chunk
}
