import { readFileSync, statSync } from 'node:fs'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

const TimeOfDay = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })

/**
 * The administrator's file on the device. It can only narrow: every field takes something away, none adds. The agent
 * reads it afresh for each request and each run, and never writes it.
 */
export const LocalPolicy = Type.Object(
  {
    version: Type.Literal(1),
    /** Ids of collectors that never run here. */
    collectorsOff: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z][a-z0-9]*(\\.[a-z][a-z0-9]*)+$', maxLength: 64 }), { maxItems: 128 }),
    ),
    /** Longest grant; absent: the agent's own limit (L14). */
    maxGrantMinutes: Type.Optional(Type.Integer({ minimum: 1, maximum: 480 })),
    /** Local times at which requests and runs are allowed; absent: always. A window may run past midnight. */
    hours: Type.Optional(
      Type.Object(
        {
          from: TimeOfDay,
          to: TimeOfDay,
          /** 1 is Monday, 7 is Sunday: the day on which the window opens. Absent: every day. */
          weekdays: Type.Optional(Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { minItems: 1, maxItems: 7 })),
        },
        { additionalProperties: false },
      ),
    ),
    /** True: rows always wait until a person has looked at them. */
    review: Type.Optional(Type.Boolean()),
    /** Present: personal identifiers are replaced whatever the request says. */
    personalData: Type.Optional(Type.Literal('pseudonymise')),
    /** Event log channels that are never read, compared without regard to case. */
    eventlogChannelsDenied: Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 255 }), { maxItems: 128 })),
  },
  { additionalProperties: false },
)
export type LocalPolicy = Static<typeof LocalPolicy>

/** What reading the file gave. A file that cannot be understood allows nothing. */
export type PolicyReading =
  | { readonly ok: true; readonly policy: LocalPolicy }
  | { readonly ok: false; readonly problem: string }

const NO_FILE: PolicyReading = { ok: true, policy: { version: 1 } }
const MAX_POLICY_BYTES = 65_536
const validator = schemaCheck(LocalPolicy)

/** Reads the policy file; a missing file restricts nothing, anything else that is not a valid policy forbids all. */
export function readLocalPolicy(path: string): PolicyReading {
  let text: string
  try {
    const stranger = othersMayWrite(path)
    if (stranger !== null) return broken(path, stranger)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (isMissing(error)) return NO_FILE
    return broken(path, `cannot be read (${error instanceof Error ? error.message : String(error)})`)
  }
  if (text.length > MAX_POLICY_BYTES) return broken(path, `is longer than ${MAX_POLICY_BYTES} characters`)
  return parsePolicy(path, text)
}

/** A file that others may change would let them lift what the administrator forbade. Windows: the folder's ACL says it. */
function othersMayWrite(path: string): string | null {
  if (process.platform === 'win32') return null
  const { uid, mode } = statSync(path)
  if (uid !== 0 && uid !== process.getuid?.())
    return `belongs to the account with the number ${uid}; it must belong to root`
  return (mode & 0o022) === 0 ? null : 'can be changed by other accounts; take that away with: chmod go-w'
}

function parsePolicy(path: string, text: string): PolicyReading {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return broken(path, `is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  if (validator.Check(value)) return { ok: true, policy: value }
  const first = validator.Errors(value)[0]
  return broken(
    path,
    `is not valid at "${first?.instancePath || '/'}": ${first?.message ?? 'it does not match the schema'}`,
  )
}

function broken(path: string, what: string): PolicyReading {
  return {
    ok: false,
    problem: `The local policy file ${path} ${what}. Until an administrator corrects it, nothing is allowed on this computer.`,
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
