import { defineMessage } from '../define-message.ts'
import { Count, Instant } from '../fields.ts'

/** Answer to a heartbeat. */
export const linkPong = defineMessage({
  type: 'link.pong',
  from: 'server',
  since: 1,
  summary: "Answers `link.ping` with the same nonce and the server's clock (for display only).",
  body: { nonce: Count, clock: Instant },
})
