import { createHash } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { decodeChunkFrame } from '@askfirst/protocol/frames.ts'
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { describe, expect, it } from 'vitest'
import { parseAsReceiver, recordedMessages } from '../support/recorded-messages.ts'
import { textOf } from '../support/repository.ts'

describe('frames that version 1 of the protocol sent', () => {
  it('[U3] are from a version that is still spoken', () => {
    expect(OLDEST_PROTOCOL_VERSION <= 1 && PROTOCOL_VERSION >= 1).toBe(true)
  })

  it.each(recordedMessages(1).map((message) => [message.type, message] as const))(
    '[U2] [U3] %s means what it meant',
    (_type, message) => {
      expect(parseAsReceiver(message)).toEqual({ kind: 'message', message })
    },
  )

  it('[U3] [W10] chunks come apart into the same header and rows', () => {
    const recorded = JSON.parse(textOf('tests/fixtures/frames/1/chunk.json')) as {
      frame: string
      header: object
      text: string
    }
    const decoded = decodeChunkFrame(Buffer.from(recorded.frame, 'base64'))
    if (!('header' in decoded)) throw new Error(decoded.reason)
    const { sha256, ...header } = decoded.header
    expect(header).toEqual(recorded.header)
    expect(createHash('sha256').update(decoded.body).digest('hex')).toBe(Buffer.from(sha256).toString('hex'))
    expect(zstdDecompressSync(decoded.body).toString('utf8')).toBe(recorded.text)
  })
})
