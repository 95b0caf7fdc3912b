import { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { Compile } from 'typebox/compile'
import { REPORTS_TOPIC } from '../reports/report-service.ts'
import type { Store } from '../store/store.ts'
import type { Caller } from '../users/caller.ts'

const ticketId = Compile(TicketId)
const deviceId = Compile(DeviceId)

/**
 * Whether a caller may follow a topic: `queue`, `reports`, `devices` (all of them coming and going), `ticket/<id>` or
 * `device/<id>` of something that exists.
 */
export async function mayFollow(
  topic: string,
  caller: Pick<Caller, 'permissions'>,
  store: Pick<Store, 'tickets' | 'devices'>,
): Promise<boolean> {
  if (topic === REPORTS_TOPIC) return caller.permissions.has('report.read')
  if (topic === 'queue') return caller.permissions.has('ticket.read')
  if (topic === 'devices') return caller.permissions.has('device.read')
  const slash = topic.indexOf('/')
  const [kind, id] = [topic.slice(0, slash), topic.slice(slash + 1)]
  if (kind === 'ticket' && ticketId.Check(id)) {
    return caller.permissions.has('ticket.read') && (await store.tickets.get(id)) !== null
  }
  if (kind === 'device' && deviceId.Check(id)) {
    return caller.permissions.has('device.read') && (await store.devices.get(id)) !== null
  }
  return false
}
