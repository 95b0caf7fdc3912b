import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import { describe, expect, it } from 'vitest'
import { parseAsReceiver, recordedMessages } from '../support/recorded-messages.ts'

describe('frames that version 3 of the protocol sent', () => {
  it('[U3] are from a version that is still spoken', () => {
    expect(OLDEST_PROTOCOL_VERSION <= 3 && PROTOCOL_VERSION >= 3).toBe(true)
  })

  it.each(recordedMessages(3).map((message) => [message.type, message] as const))(
    '[U2] [U3] %s means what it meant',
    (_type, message) => {
      expect(parseAsReceiver(message)).toEqual({ kind: 'message', message })
    },
  )
})
