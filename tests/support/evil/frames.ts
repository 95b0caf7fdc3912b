/** A WebSocket frame (RFC 6455, section 5.2) with any bits that one likes; only the length is told truly. */
export function rawFrame(options: {
  readonly opcode: number
  readonly payload?: Uint8Array
  readonly isFinal?: boolean
  /** Bits RSV1 to RSV3 as 4, 2, 1. */
  readonly reserved?: number
  readonly isMasked?: boolean
}): Buffer {
  const { opcode, payload = Buffer.alloc(0), isFinal = true, reserved = 0, isMasked = false } = options
  const first = (isFinal ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = isMasked ? Buffer.alloc(4) : Buffer.alloc(0)
  return Buffer.concat([Buffer.of(first), lengthOf(payload.length, isMasked), mask, payload])
}

function lengthOf(length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0
  if (length < 126) return Buffer.of(bit | length)
  if (length < 65_536) return Buffer.of(bit | 126, length >> 8, length & 0xff)
  const long = Buffer.alloc(9)
  long.writeUInt8(bit | 127)
  long.writeBigUInt64BE(BigInt(length), 1)
  return long
}
