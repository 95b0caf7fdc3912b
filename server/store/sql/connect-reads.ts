import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { ConnectingDevice, WaitingKinds } from '../entities.ts'
import type { DeviceRow } from './device-rows.ts'
import { toDevice } from './device-rows.ts'
import { OPEN_REQUEST_STATES, OPEN_RUN_STATES } from './open-states.ts'

/**
 * The two reads of every connect, as SQL that both dialects take: they run thousands of times in a storm of agents, so
 * that SQLite keeps them prepared (see sqlite/point-reads.ts).
 */

/** One text, with `?` for each value in order. */
interface Query<Args extends readonly unknown[], Result> {
  readonly text: string
  readonly values: (...args: Args) => readonly string[]
  readonly result: (row: Readonly<Record<string, unknown>> | undefined) => Result
}

const words = (list: readonly string[]) => list.map((word) => `'${word}'`).join(', ')

/** @see DeviceStore.connecting */
export const CONNECTING: Query<[sha256: string], ConnectingDevice | null> = {
  text: `select d.public_id, d.name, d.standing, d.standing_reason, d.machine_id_hash, d.platform, d.arch, d.os_name,
      d.agent_version, d.catalogue_sha256, d.enrolled_at, d.last_seen_at, c.not_before, c.not_after, c.revoked_at
    from certificates c join devices d on d.id = c.device_id where c.sha256 = ?`,
  values: (sha256) => [sha256],
  result: (row) => (row === undefined ? null : toConnecting(row as unknown as ConnectingRow)), // The columns above.
}

type ConnectingRow = DeviceRow & { not_before: string; not_after: string; revoked_at: string | null }

function toConnecting(row: ConnectingRow): ConnectingDevice {
  return {
    device: toDevice(row),
    certificate: { notBefore: row.not_before, notAfter: row.not_after, revokedAt: row.revoked_at },
  }
}

/** @see DeviceStore.waiting */
export const WAITING: Query<[id: DeviceId, endedSince: string], WaitingKinds> = {
  text: `select
      exists (select 1 from consent_requests q where q.device_id = d.id
        and ((q.receipt_id is null and q.state in (${words([...OPEN_REQUEST_STATES, 'withdrawn'])}))
          or (q.grant_end_reason in ('withdrawn', 'ticket-closed') and (q.grant_ended_at >= ? or q.window_until >= ?)))) as requests,
      exists (select 1 from reports p where p.device_id = d.id and p.state = 'cleared') as reports,
      exists (select 1 from runs r where r.device_id = d.id and r.state in (${words(OPEN_RUN_STATES)})) as runs,
      exists (select 1 from ticket_devices t where t.device_id = d.id) as tickets,
      exists (select 1 from attachments a join statements s on s.id = a.statement_id
        where a.state = 'wanted' and s.device_id = d.id) as attachments
    from devices d where d.public_id = ?`,
  values: (id, endedSince) => [endedSince, endedSince, id],
  // 0 and 1 in SQLite, booleans in PostgreSQL.
  result: (row) => ({
    requests: Boolean(row?.['requests']),
    reports: Boolean(row?.['reports']),
    runs: Boolean(row?.['runs']),
    tickets: Boolean(row?.['tickets']),
    attachments: Boolean(row?.['attachments']),
  }),
}
