import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { Device, DeviceCertificate } from '../entities.ts'
import { foldText } from './search-words.ts'
import type { SqlContext, Tables } from './tables.ts'

/** The text that a search among devices looks at. */
export function deviceSearch(device: Pick<Device, 'id' | 'name' | 'osName'>): string {
  return foldText(`${device.name} ${device.osName} ${device.id}`)
}

/** A device's row without its key and search text. */
export type DeviceRow = Omit<Selectable<Tables['devices']>, 'id' | 'search'>

export function toDevice(row: DeviceRow): Device {
  return {
    // Id, standing and platform were written from a typed record.
    id: row.public_id as DeviceId,
    standing: row.standing as Device['standing'],
    platform: row.platform as Device['platform'],
    name: row.name,
    standingReason: row.standing_reason,
    machineIdHash: row.machine_id_hash,
    arch: row.arch,
    osName: row.os_name,
    agentVersion: row.agent_version,
    catalogueSha256: row.catalogue_sha256,
    enrolledAt: row.enrolled_at,
    lastSeenAt: row.last_seen_at,
  }
}

/** A certificate's row joined with its device's public id. */
export function toCertificate(
  row: Selectable<Tables['certificates']> & { device_public_id: string },
): DeviceCertificate {
  return {
    serial: row.serial,
    // Written from a typed record.
    deviceId: row.device_public_id as DeviceId,
    sha256: row.sha256,
    publicKeySha256: row.public_key_sha256,
    pem: row.pem,
    notBefore: row.not_before,
    notAfter: row.not_after,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason,
  }
}

export async function insertCertificate(
  { db }: SqlContext,
  deviceKey: number,
  certificate: DeviceCertificate,
): Promise<void> {
  await db
    .insertInto('certificates')
    .values({
      serial: certificate.serial,
      device_id: deviceKey,
      sha256: certificate.sha256,
      public_key_sha256: certificate.publicKeySha256,
      pem: certificate.pem,
      not_before: certificate.notBefore,
      not_after: certificate.notAfter,
      revoked_at: certificate.revokedAt,
      revocation_reason: certificate.revocationReason,
    })
    .execute()
}
