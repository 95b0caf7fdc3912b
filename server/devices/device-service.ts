import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { AgentLink } from '../gateway/agent-link.ts'
import type { CatalogueEntry, Device, DeviceCertificate, Page, PageRequest, Standing } from '../store/entities.ts'
import type { Store } from '../store/store.ts'

/** What the authority does when certificates were revoked in the store: the next handshake is refused. */
export interface RevocationList {
  refresh(): Promise<void>
}

export interface DeviceDetail {
  readonly device: Device
  readonly certificates: readonly DeviceCertificate[]
  /** Null until the agent announced one. */
  readonly catalogue: readonly CatalogueEntry[] | null
}

export type DeviceService = ReturnType<typeof createDeviceService>

/** Enrolled devices as technicians and admins see them. */
export function createDeviceService(input: {
  readonly store: Pick<Store, 'devices'>
  readonly clock: Clock
  readonly bus: Bus
  readonly agents: Pick<AgentLink, 'isOnline' | 'disconnect'>
  readonly revocations: RevocationList
}) {
  const { store, clock, bus, agents, revocations } = input

  function changed(id: DeviceId): void {
    bus.publish({ topic: `device/${id}`, kind: 'device', id })
    bus.publish({ topic: 'queue', kind: 'device', id })
    bus.publish({ topic: 'devices', kind: 'device', id })
  }

  async function get(id: DeviceId): Promise<Device> {
    return found(await store.devices.get(id), id)
  }

  async function setStanding(
    id: DeviceId,
    standing: Standing,
    decision: { readonly actor: Actor; readonly reason: string },
  ) {
    const action = standing === 'revoked' ? 'device.revoked' : 'device.approved'
    const draft = auditDraft(clock, { actor: decision.actor, action, subject: id, detail: { reason: decision.reason } })
    return found(await store.devices.setStanding(id, standing, decision.reason, draft), id)
  }

  return {
    get,
    isOnline: (id: DeviceId): boolean => agents.isOnline(id),
    list: (page: PageRequest & { readonly standing?: Standing; readonly q?: string }): Promise<Page<Device>> =>
      store.devices.list(page),

    /** A device with its certificates and what its agent can read. @throws AskFirstError NOT_FOUND */
    async detail(id: DeviceId): Promise<DeviceDetail> {
      const device = await get(id)
      const certificates = await store.devices.certificates(id)
      const catalogue = device.catalogueSha256 === null ? null : await store.devices.catalogue(device.catalogueSha256)
      return { device, certificates, catalogue }
    },

    /**
     * Lets a quarantined device take part.
     *
     * @throws AskFirstError NOT_FOUND, or CONFLICT when it does not wait for that
     */
    async approve(id: DeviceId, actor: Actor): Promise<Device> {
      const { standing } = await get(id)
      if (standing !== 'quarantined')
        throw new AskFirstError('CONFLICT', `Device ${id} is ${standing}, not quarantined.`)
      const device = await setStanding(id, 'active', { actor, reason: 'approved' })
      changed(id)
      return device
    },

    /**
     * Shuts a device out for ever: its certificates are revoked, its live socket is closed, the next handshake refused.
     * Calling it again repeats the parts that may have failed.
     *
     * @throws AskFirstError NOT_FOUND
     */
    async revoke(id: DeviceId, reason: string, actor: Actor): Promise<Device> {
      const device = await setStanding(id, 'revoked', { actor, reason })
      const audit = auditDraft(clock, {
        actor,
        action: 'certificate.revoked',
        subject: id,
        detail: { reason: 'device-revoked' },
      })
      await store.devices.revokeCertificates(id, { at: isoNow(clock), reason: 'device-revoked', audit })
      agents.disconnect(id, CLOSE.certificateRevoked, 'certificate revoked')
      await revocations.refresh()
      changed(id)
      return device
    },
  }
}

function found(device: Device | null, id: DeviceId): Device {
  if (device === null) throw new AskFirstError('NOT_FOUND', `There is no device ${id}.`)
  return device
}
