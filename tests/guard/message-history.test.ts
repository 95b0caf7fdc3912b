import { describe, expect, it } from 'vitest'
import type { Published } from '../../scripts/publish-messages.ts'
import { brokenPromises, presentMessages } from '../../scripts/publish-messages.ts'
import { textOf } from '../support/repository.ts'

const now = presentMessages()

describe('published messages', () => {
  it('[U2] keep the schema that they were published with (scripts/publish-messages.ts writes the list)', () => {
    const published = JSON.parse(textOf('protocol/messages/published.json')) as Published
    expect(now).toEqual(published)
  })

  it('[U2] cannot be published anew with another schema under the same version, or dropped', () => {
    const [first = '', second = ''] = Object.keys(now.messages)
    const { [first]: _dropped, ...rest } = now.messages
    const changed = { ...rest, [second]: { since: 1, sha256: '0'.repeat(64) } }
    expect(brokenPromises(now, now)).toEqual([])
    expect(brokenPromises(now, { ...now, messages: changed })).toEqual([first, second])
    expect(brokenPromises(now, { version: now.version + 1, messages: changed })).toEqual([])
    expect(brokenPromises({ ...now, messages: rest }, now)).toEqual([])
  })
})
