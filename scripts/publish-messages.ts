/**
 * Writes protocol/messages/published.json: each message with the version it came with and the SHA-256 of its schema. It adds
 * what is new. It refuses to change or drop what was published, unless PROTOCOL_HISTORY has a newer version than the file.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'

/** What was published: the newest protocol version of that time, and the messages by type. */
export interface Published {
  readonly version: number
  readonly messages: Readonly<Record<string, { readonly since: number; readonly sha256: string }>>
}

const FILE = fileURLToPath(new URL('../protocol/messages/published.json', import.meta.url))

/** The messages as the code has them now. */
export function presentMessages(): Published {
  const messages = MESSAGES.map(({ type, since, schema }) => {
    const text = canonicalJson(JSON.parse(JSON.stringify(schema)))
    return [type, { since, sha256: createHash('sha256').update(text).digest('hex') }] as const
  })
  return { version: PROTOCOL_VERSION, messages: Object.fromEntries(messages) }
}

/** Names the published messages that would change or go although the version is still the same. */
export function brokenPromises(before: Published, now: Published): readonly string[] {
  if (now.version > before.version) return []
  return Object.entries(before.messages)
    .filter(([type, { since, sha256 }]) => now.messages[type]?.sha256 !== sha256 || now.messages[type]?.since !== since)
    .map(([type]) => type)
}

if (import.meta.main) {
  const now = presentMessages()
  // Written by this script alone.
  const before = existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as Published) : null
  const broken = before === null ? [] : brokenPromises(before, now)
  if (broken.length > 0) {
    process.stderr.write(
      `These messages were published with another schema: ${broken.join(', ')}. Add a row to PROTOCOL_HISTORY in protocol/version.ts, or make a new message.\n`,
    )
    process.exit(1)
  }
  writeFileSync(FILE, `${JSON.stringify(now, null, 2)}\n`)
}
