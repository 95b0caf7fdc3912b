import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed, defineMessage } from '../define-message.ts'
import { CollectorId, Count, Instant, line, Params } from '../fields.ts'
import { DeviceId, GrantId, RequestId, TicketId, UserId } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import { ConsentWindow } from '../window.ts'

/** Who asks. Name and role come from the server's user table; the agent can only show them as the server's word. */
export const TechnicianRef = Type.Object(
  { id: UserId, name: line(200), role: Type.Enum(['technician', 'lead', 'admin']) },
  closed,
)
export type TechnicianRef = Static<typeof TechnicianRef>

/** A technician asks for data. What a collector reads is told in the agent's own words, never in the server's. */
export const consentRequest = defineMessage({
  type: 'consent.request',
  from: 'server',
  since: 1,
  summary: 'Asks the person at the machine to allow named collectors, with bounds, for a time.',
  body: {
    requestId: RequestId,
    deviceId: DeviceId,
    ticket: Type.Object(
      {
        id: TicketId,
        number: Count,
        title: line(200),
        openedBy: Type.Enum(['requester', 'desk']),
        requester: line(200),
      },
      closed,
    ),
    technician: TechnicianRef,
    organisation: Type.Object({ name: line(200), contact: line(200) }, closed),
    purpose: line(1_000),
    collectors: Type.Array(Type.Object({ id: CollectorId, params: Params }, closed), {
      minItems: 1,
      maxItems: LIMITS.maxCollectorsPerRequest,
    }),
    /** How long the grant lasts from the answer on, in ms; with a window, the window's length. */
    durationMs: Type.Integer({ minimum: 60_000, maximum: LIMITS.maxGrantMs }),
    askedAt: Instant,
    /** Silence until then is recorded as "no answer". */
    answerBy: Instant,
    /** Where the rows go, in words, e.g. the server's name. */
    destination: line(300),
    /** How long rows are kept, in days. */
    retentionDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    /** What happens to personal identifiers on the device; the local policy file can only make it stricter. */
    personalData: Type.Enum(['keep', 'pseudonymise']),
    /** Set when someone else takes over or the ticket is escalated: the earlier grant is not inherited. */
    replaces: Type.Optional(
      Type.Object(
        { grantId: GrantId, technicianName: line(200), why: Type.Enum(['escalation', 'reassignment', 'more-data']) },
        closed,
      ),
    ),
    /** Since version 4. The permission counts within these times only; absent: from the answer on (SPEC C24). */
    window: Type.Optional(ConsentWindow),
  },
})
export type ConsentRequest = Static<typeof consentRequest.schema>
