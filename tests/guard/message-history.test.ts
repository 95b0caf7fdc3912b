import { createHash } from 'node:crypto'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { describe, expect, it } from 'vitest'
import { textOf } from '../support/repository.ts'

/** Schemas of published messages, by version; regenerated only together with a new row of PROTOCOL_HISTORY. */
function published(): Record<string, { since: number; sha256: string }> {
  return JSON.parse(textOf('protocol/messages/published.json')) as Record<string, { since: number; sha256: string }>
}

describe('published messages', () => {
  it('[U2] keep the schema that they were published with', () => {
    const now = Object.fromEntries(
      MESSAGES.map(({ type, since, schema }) => {
        const sha256 = createHash('sha256')
          .update(canonicalJson(JSON.parse(JSON.stringify(schema))))
          .digest('hex')
        return [type, { since, sha256 }]
      }),
    )
    expect(now).toEqual(published())
  })
})
