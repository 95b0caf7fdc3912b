import { existsSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { Grant } from '@askfirst/protocol/consent-record.ts'
import { Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { GrantId, ReceiptId, ReportId, RequestId, UserId } from '@askfirst/protocol/ids.ts'
import { consentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { replaceFile } from './durable-file.ts'

const closed = { additionalProperties: false }

/** A request that waits for an answer. */
export const HeldRequest = Type.Object(
  {
    request: consentRequest.schema,
    requestSha256: Sha256,
    receivedAt: Instant,
    /** Silence until then, by this device's clock, is "no answer". */
    deadline: Instant,
    /** When the text was first shown to a person; absent: not yet. */
    shownAt: Type.Optional(Instant),
  },
  closed,
)
export type HeldRequest = Static<typeof HeldRequest>

export const GRANT_ENDS = ['revoked', 'expired', 'withdrawn', 'clock', 'receipt-refused'] as const
/** Why a grant is over. `clock`: the wall clock was set back, so nobody can tell how long the grant has lasted. */
export type GrantEnd = (typeof GRANT_ENDS)[number]

/** A grant with the request it came from; an ended one is remembered for a while, to say why an order is refused. */
export const HeldGrant = Type.Object(
  {
    grant: Grant,
    request: consentRequest.schema,
    receiptId: ReceiptId,
    ended: Type.Optional(Type.Object({ at: Instant, reason: Type.Enum([...GRANT_ENDS]) }, closed)),
  },
  closed,
)
export type HeldGrant = Static<typeof HeldGrant>

/** A signed record that the server has not confirmed yet. */
export const OutgoingJws = Type.Union([
  Type.Object({ kind: Type.Literal('receipt'), requestId: RequestId, jws: Type.String(), sha256: Sha256 }, closed),
  Type.Object({ kind: Type.Literal('revocation'), grantId: GrantId, jws: Type.String(), sha256: Sha256 }, closed),
  Type.Object({ kind: Type.Literal('report'), reportId: ReportId, jws: Type.String(), sha256: Sha256 }, closed),
])
export type OutgoingJws = Static<typeof OutgoingJws>

/** A request that is over, so that it cannot be asked again under the same id. */
export const ClosedRequest = Type.Object(
  {
    requestId: RequestId,
    requestSha256: Sha256,
    at: Instant,
    outcome: Type.Enum(['given', 'refused', 'no-answer', 'withdrawn']),
    /** The signed record's id; absent when the desk withdrew the request before an answer. */
    receiptId: Type.Optional(ReceiptId),
  },
  closed,
)
export type ClosedRequest = Static<typeof ClosedRequest>

/** A request that the person reported as suspicious; its technician is blocked until `cleared` is there (SPEC C20). */
export const HeldReport = Type.Object(
  {
    reportId: ReportId,
    requestId: RequestId,
    technicianId: UserId,
    /** Name of the technician as the request gave it. */
    technician: Type.String({ maxLength: 200 }),
    at: Instant,
    /** Who lifted the block, as the server says. */
    cleared: Type.Optional(
      Type.Object(
        {
          at: Instant,
          by: Type.String({ maxLength: 200 }),
          reason: Type.String({ maxLength: 500 }),
          /** Whether a person has said that they read it. */
          told: Type.Boolean(),
        },
        closed,
      ),
    ),
  },
  closed,
)
export type HeldReport = Static<typeof HeldReport>

/** All that the agent must still know about consent after a restart. */
export const ConsentState = Type.Object(
  {
    version: Type.Literal(1),
    pending: Type.Array(HeldRequest),
    grants: Type.Array(HeldGrant),
    unsent: Type.Array(OutgoingJws),
    closed: Type.Array(ClosedRequest),
    /** Absent: nobody reported anything (always absent before this version). */
    reports: Type.Optional(Type.Array(HeldReport)),
  },
  closed,
)
export type ConsentState = Static<typeof ConsentState>

const STATE_FILE = 'consent.json'
const validator = schemaCheck(ConsentState)

/** Reads the state. An unreadable file is put aside: then there are no grants, which is the safe side. */
export function loadConsentState(dataDir: string): { readonly state: ConsentState; readonly setAside?: string } {
  const path = join(dataDir, STATE_FILE)
  if (!existsSync(path)) return { state: emptyState() }
  const state = parseState(readFileSync(path, 'utf8'))
  if (state !== null) return { state }
  const setAside = `${path}.unreadable`
  renameSync(path, setAside)
  return { state: emptyState(), setAside }
}

/** Writes the whole state durably. */
export function saveConsentState(dataDir: string, state: ConsentState): void {
  replaceFile(join(dataDir, STATE_FILE), JSON.stringify(state))
}

/** The state without requests that were closed and grants that ended before a time. */
export function withoutForgotten(state: ConsentState, beforeMs: number): ConsentState {
  return {
    ...state,
    closed: state.closed.filter(({ at }) => Date.parse(at) >= beforeMs),
    grants: state.grants.filter(({ ended }) => ended === undefined || Date.parse(ended.at) >= beforeMs),
  }
}

function parseState(text: string): ConsentState | null {
  try {
    const value: unknown = JSON.parse(text)
    return validator.Check(value) ? value : null
  } catch {
    return null // A torn file is as unusable as one of another form.
  }
}

function emptyState(): ConsentState {
  return { version: 1, pending: [], grants: [], unsent: [], closed: [] }
}
