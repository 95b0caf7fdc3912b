import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

/** Bounds of one live socket; bytes and milliseconds unless the name says otherwise. */
export const LIVE_LIMITS = {
  /** Bytes that may wait for a slow reader; beyond that the socket is cut and the reader catches up by position. */
  queueBytes: 262_144,
  topics: 64,
  /** Orders of one socket that may wait for the store. */
  pendingOrders: 16,
  socketsPerUser: 32,
  /** How often access is checked anew and dead peers are looked for. */
  checkMs: 30_000,
} as const

const Topics = Type.Array(Type.String({ minLength: 1, maxLength: 80 }), { minItems: 1, maxItems: LIVE_LIMITS.topics })

/** What a subscriber sends. */
export const LiveOrder = Type.Object(
  { type: Type.Enum(['subscribe', 'unsubscribe']), topics: Topics },
  { additionalProperties: false },
)
export type LiveOrder = Static<typeof LiveOrder>

/** What a subscriber gets. Events carry ids only; who wants more reads the API, which checks again. */
export type LiveNotice =
  | { readonly type: 'subscribed' | 'unsubscribed'; readonly topics: readonly string[] }
  | {
      readonly type: 'event'
      readonly topic: string
      readonly kind: string
      readonly id: string
      readonly seq?: number
    }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly topic?: string }
