import { LIMITS } from './limits.ts'

/**
 * A chunk frame (SPEC W10): a fixed header of 92 bytes, big-endian, then the zstd-compressed NDJSON body.
 *
 * | offset | bytes | field |
 * | --- | --- | --- |
 * | 0 | 4 | magic `AFC1` |
 * | 4 | 32 | run id in ASCII, padded with zero bytes |
 * | 36 | 4 | sequence number, from 0 |
 * | 40 | 4 | number of the chunk's first row in the run, from 0 |
 * | 44 | 4 | rows |
 * | 48 | 4 | bytes of the body when decompressed |
 * | 52 | 4 | bytes of the body |
 * | 56 | 32 | SHA-256 of the body as it stands in the frame |
 * | 88 | 4 | zero, reserved |
 */
export interface ChunkHeader {
  readonly runId: string
  readonly seq: number
  readonly firstRow: number
  readonly rows: number
  readonly rawBytes: number
  readonly bodyBytes: number
  readonly sha256: Uint8Array
}

export const CHUNK_HEADER_BYTES = 92
const MAGIC = 0x41464331
const RUN_ID_BYTES = 32
const RUN_ID = /^run_[0-9a-hjkmnp-tv-z]{26}$/

/** What is wrong with a frame; `reason` is safe to log. */
export type FrameError = { readonly reason: string }
export type ChunkFrame = { readonly header: ChunkHeader; readonly body: Uint8Array }

/**
 * Puts header and body into one frame.
 *
 * @throws RangeError when a field does not fit its place or a bound of LIMITS
 */
export function encodeChunkFrame(header: ChunkHeader, body: Uint8Array): Uint8Array {
  const problem = headerProblem(header, body.length)
  if (problem !== null) throw new RangeError(`A chunk frame cannot be made: ${problem}`)
  const frame = new Uint8Array(CHUNK_HEADER_BYTES + body.length)
  const view = new DataView(frame.buffer)
  view.setUint32(0, MAGIC)
  for (let at = 0; at < header.runId.length; at += 1) view.setUint8(4 + at, header.runId.charCodeAt(at))
  view.setUint32(36, header.seq)
  view.setUint32(40, header.firstRow)
  view.setUint32(44, header.rows)
  view.setUint32(48, header.rawBytes)
  view.setUint32(52, header.bodyBytes)
  frame.set(header.sha256, 56)
  frame.set(body, CHUNK_HEADER_BYTES)
  return frame
}

/** Takes a frame apart; every field is checked against the bounds, the hash is left to the caller. */
export function decodeChunkFrame(frame: Uint8Array): ChunkFrame | FrameError {
  if (frame.length < CHUNK_HEADER_BYTES) return { reason: `frame of ${frame.length} bytes is shorter than its header` }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength)
  if (view.getUint32(0) !== MAGIC) return { reason: 'frame does not start with AFC1' }
  if (view.getUint32(88) !== 0) return { reason: 'reserved bytes are not zero' }
  const header: ChunkHeader = {
    runId: readRunId(frame),
    seq: view.getUint32(36),
    firstRow: view.getUint32(40),
    rows: view.getUint32(44),
    rawBytes: view.getUint32(48),
    bodyBytes: view.getUint32(52),
    sha256: frame.subarray(56, 88),
  }
  const body = frame.subarray(CHUNK_HEADER_BYTES)
  const problem = headerProblem(header, body.length)
  return problem === null ? { header, body } : { reason: problem }
}

function readRunId(frame: Uint8Array): string {
  let text = ''
  for (let at = 4; at < 4 + RUN_ID_BYTES; at += 1) {
    const code = frame[at] ?? 0
    if (code === 0 && at >= 34) continue
    text += String.fromCharCode(code)
  }
  return text
}

function headerProblem(header: ChunkHeader, bodyBytes: number): string | null {
  if (!RUN_ID.test(header.runId)) return 'the run id is not one'
  if (header.sha256.length !== 32) return 'the hash is not 32 bytes'
  if (header.bodyBytes !== bodyBytes) return `the header says ${header.bodyBytes} bytes, the body has ${bodyBytes}`
  if (!within(header.seq, 0, LIMITS.maxChunksPerRun - 1)) return `sequence number ${header.seq} is out of bounds`
  if (!within(header.rows, 1, LIMITS.maxChunkRows)) return `${header.rows} rows are out of bounds`
  if (!within(header.firstRow, 0, 0xffff_ffff - LIMITS.maxChunkRows))
    return `first row ${header.firstRow} is out of bounds`
  if (!within(header.rawBytes, 2, LIMITS.maxChunkRawBytes)) return `${header.rawBytes} raw bytes are out of bounds`
  if (!within(bodyBytes + CHUNK_HEADER_BYTES, 1, LIMITS.maxChunkFrameBytes)) return `${bodyBytes} bytes are too many`
  return null
}

function within(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most
}
