import { CatalogueEntry, PLATFORMS } from '@askfirst/protocol/catalogue-entry.ts'
import { Instant, Sha256 } from '@askfirst/protocol/fields.ts'
import { DeviceId, ReportId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { ReportService } from '../reports/report-service.ts'
import type { Device } from '../store/entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed, InstantOrNull, orNull, pageOf, pageQuery, text } from './fields.ts'

const Standing = Type.Enum(['quarantined', 'active', 'revoked'])
const byId = Type.Object({ id: DeviceId }, closed)

const DeviceView = Type.Object({
  id: DeviceId,
  name: Type.String(),
  standing: Standing,
  standingReason: Type.String(),
  online: Type.Boolean(),
  platform: Type.Enum([...PLATFORMS]),
  arch: Type.String(),
  osName: Type.String(),
  agentVersion: Type.String(),
  enrolledAt: Instant,
  lastSeenAt: InstantOrNull,
})

const CertificateView = Type.Object({
  serial: Type.String(),
  sha256: Sha256,
  notBefore: Instant,
  notAfter: Instant,
  revokedAt: InstantOrNull,
  revocationReason: orNull(Type.String()),
})

const DeviceDetailView = Type.Object({
  ...DeviceView.properties,
  certificates: Type.Array(CertificateView),
  catalogue: orNull(Type.Array(CatalogueEntry)),
  /** The report of the person there that keeps the caller from asking; null: nothing does. */
  reportOnYou: orNull(Type.Object({ id: ReportId, at: Instant })),
})

/** `/api/devices`: the enrolled machines. */
export function deviceRoutes({
  devices,
  reports,
}: {
  readonly devices: DeviceService
  readonly reports: ReportService
}) {
  const view = (device: Device) => ({ ...device, online: devices.isOnline(device.id) })

  return async (app: App): Promise<void> => {
    app.get(
      '/api/devices',
      {
        config: { permission: 'device.read' },
        schema: {
          summary: 'List devices',
          querystring: Type.Object(
            { ...pageQuery, standing: Type.Optional(Standing), q: Type.Optional(text(200)) },
            closed,
          ),
          response: { 200: pageOf(DeviceView) },
        },
      },
      async (request) => {
        const { items, next } = await devices.list(request.query)
        return { items: items.map(view), next }
      },
    )

    app.get(
      '/api/devices/:id',
      {
        config: { permission: 'device.read' },
        schema: { summary: 'Read a device', params: byId, response: { 200: DeviceDetailView } },
      },
      async (request) => {
        const { device, certificates, catalogue } = await devices.detail(request.params.id)
        const report = await reports.against(device.id, callerOf(request).user.id)
        return {
          ...view(device),
          certificates: [...certificates],
          catalogue: catalogue === null ? null : [...catalogue],
          reportOnYou: report === null ? null : { id: report.id, at: report.at },
        }
      },
    )

    app.post(
      '/api/devices/:id/approve',
      {
        config: { permission: 'device.manage' },
        schema: { summary: 'Let a quarantined device take part', params: byId, response: { 200: DeviceView } },
      },
      async (request) => view(await devices.approve(request.params.id, actorOf(callerOf(request).user))),
    )

    app.post(
      '/api/devices/:id/revoke',
      {
        config: { permission: 'device.manage' },
        schema: {
          summary: 'Shut a device out for ever',
          params: byId,
          body: Type.Object({ reason: text(200) }, closed),
          response: { 200: DeviceView },
        },
      },
      async (request) =>
        view(await devices.revoke(request.params.id, request.body.reason, actorOf(callerOf(request).user))),
    )
  }
}
