import { defineMessage } from '../define-message.ts'
import { Count } from '../fields.ts'

/** Heartbeat; also measures the round trip. */
export const linkPing = defineMessage({
  type: 'link.ping',
  from: 'agent',
  since: 1,
  summary: 'Says that the agent is alive; the server answers with `link.pong`.',
  body: { nonce: Count },
})
