import { Completeness } from '@askfirst/protocol/completeness.ts'
import { closed } from '@askfirst/protocol/define-message.ts'
import { CollectorId, Params } from '@askfirst/protocol/fields.ts'
import { RunId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'

const Code = Type.String({ pattern: '^[A-Z][A-Z0-9_]{2,63}$' })

/** Order of one run. The key makes pseudonyms; it is the ticket's, not the device's. */
const Run = Type.Object(
  {
    type: Type.Literal('run'),
    runId: RunId,
    collector: CollectorId,
    params: Params,
    personalData: Type.Enum(['keep', 'pseudonymise']),
    ticketKey: Type.String({ pattern: '^[0-9a-f]{32,128}$' }),
  },
  closed,
)
/** Load these collectors: orders for them are likely to come. Reads nothing but the agent's own code. */
const Prepare = Type.Object(
  {
    type: Type.Literal('prepare'),
    collectors: Type.Array(CollectorId, { maxItems: LIMITS.maxCollectorsPerRequest }),
  },
  closed,
)
/** The agent takes so many more chunks of a run. */
const Pull = Type.Object(
  { type: Type.Literal('pull'), runId: RunId, chunks: Type.Integer({ minimum: 1, maximum: 64 }) },
  closed,
)
const Cancel = Type.Object({ type: Type.Literal('cancel'), runId: RunId, code: Code }, closed)
const Ping = Type.Object({ type: Type.Literal('ping') }, closed)

const Ready = Type.Object({ type: Type.Literal('ready') }, closed)
const End = Type.Object({ type: Type.Literal('end'), runId: RunId, completeness: Completeness }, closed)
const Pong = Type.Object({ type: Type.Literal('pong') }, closed)

/** What the agent tells the host. */
export const ToHost = Type.Union([Prepare, Run, Pull, Cancel, Ping])
export type ToHost = Static<typeof ToHost>
export type RunMessage = Static<typeof Run>
/** What the host tells the agent. */
export const FromHost = Type.Union([Ready, End, Pong])
export type FromHost = Static<typeof FromHost>

const toHost = schemaCheck(ToHost)
const fromHost = schemaCheck(FromHost)

/** @throws TypeError when it is none of the messages to the host */
export function parseToHost(message: unknown): ToHost {
  if (toHost.Check(message)) return message
  throw new TypeError('The collector host got a message that it does not know')
}

/** @throws TypeError when it is none of the messages from the host */
export function parseFromHost(message: unknown): FromHost {
  if (fromHost.Check(message)) return message
  throw new TypeError('The collector host sent a message that the agent does not know')
}
