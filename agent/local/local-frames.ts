import { createCipheriv, createDecipheriv } from 'node:crypto'

/** Longest frame on the local channel, without its length prefix. */
const MAX_LOCAL_FRAME_BYTES = 65_536
const PREFIX_BYTES = 4
const TAG_BYTES = 16
/** Longest JSON that fits a sealed frame. */
export const MAX_LOCAL_JSON_BYTES = MAX_LOCAL_FRAME_BYTES - TAG_BYTES

/** Puts the 4-byte length (big endian) before a frame. @throws RangeError when it is too long */
export function frameOf(body: Uint8Array): Buffer {
  if (body.length > MAX_LOCAL_FRAME_BYTES) throw new RangeError(`A local frame of ${body.length} bytes is too long`)
  const frame = Buffer.alloc(PREFIX_BYTES + body.length)
  frame.writeUInt32BE(body.length)
  frame.set(body, PREFIX_BYTES)
  return frame
}

/** Cuts a byte stream into frames; holds at most one incomplete frame. */
export class FrameReader {
  #held: Buffer = Buffer.alloc(0)

  /** The frames that are complete now. @throws RangeError when a frame announces more than is allowed */
  push(bytes: Buffer): Buffer[] {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    const frames: Buffer[] = []
    while (this.#held.length >= PREFIX_BYTES) {
      const length = this.#held.readUInt32BE()
      if (length > MAX_LOCAL_FRAME_BYTES) throw new RangeError(`A local frame announces ${length} bytes`)
      if (this.#held.length < PREFIX_BYTES + length) break
      frames.push(this.#held.subarray(PREFIX_BYTES, PREFIX_BYTES + length))
      this.#held = this.#held.subarray(PREFIX_BYTES + length)
    }
    return frames
  }
}

export type Side = 'service' | 'person'

/**
 * Seals and opens the frames of one session (AES-256-GCM). The nonce is the sender and a counter, so that a frame that is
 * forged, changed, left out, sent twice or sent back does not open.
 */
export class FrameSeal {
  readonly #key: Buffer
  readonly #side: Side
  #sent = 0
  #opened = 0

  constructor(key: Buffer, side: Side) {
    this.#key = key
    this.#side = side
  }

  seal(text: string): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonceOf(this.#side, this.#sent))
    this.#sent += 1
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
    return frameOf(Buffer.concat([body, cipher.getAuthTag()]))
  }

  /** @throws Error when the frame is not the next one that the other side sealed */
  open(frame: Buffer): string {
    if (frame.length < TAG_BYTES) throw new RangeError('A sealed frame is too short')
    const other = this.#side === 'service' ? 'person' : 'service'
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonceOf(other, this.#opened))
    decipher.setAuthTag(frame.subarray(-TAG_BYTES))
    const text = Buffer.concat([decipher.update(frame.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
    this.#opened += 1
    return text
  }
}

function nonceOf(sender: Side, count: number): Buffer {
  const nonce = Buffer.alloc(12)
  nonce.writeUInt32BE(sender === 'service' ? 1 : 2)
  nonce.writeBigUInt64BE(BigInt(count), 4)
  return nonce
}
