import type { Grant } from '@askfirst/protocol/consent-record.ts'
import type { GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import type { GrantEnd, OutgoingJws } from './consent-state.ts'

/** What the consent book tells the rest of the agent. Each is called synchronously, with the state already changed. */
export interface ConsentEvents {
  /** A request arrived or was shown. */
  seen(requestId: RequestId, state: 'received' | 'shown'): void
  /** A signed receipt waits for the server; it stays in `unsent()` until the server has recorded it. */
  receipt(outgoing: Extract<OutgoingJws, { kind: 'receipt' }>): void
  /** A signed revocation waits for the server. The grant ended before this is called. */
  revocation(outgoing: Extract<OutgoingJws, { kind: 'revocation' }>): void
  /** A signed report waits for the server. Its technician was blocked before this is called. */
  report(outgoing: Extract<OutgoingJws, { kind: 'report' }>): void
  /** The grant is over: kill its collectors and drop its unsent rows, now. */
  grantEnded(grantId: GrantId, reason: GrantEnd): void
  /** A grant that counts from now on was given; absent: nobody needs to know. */
  grantBegan?(grant: Grant): void
}

/** Who answered at this machine, as the local channel established it. */
export interface Answerer {
  readonly osUser: string
  readonly method: 'terminal' | 'page' | 'dialog'
}
