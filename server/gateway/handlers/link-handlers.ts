import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import { CLOSE, LIMITS } from '@askfirst/protocol/limits.ts'
import type { MessageNamed } from '@askfirst/protocol/messages/index.ts'
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION } from '@askfirst/protocol/version.ts'
import type { Logger } from 'pino'
import type { Bus } from '../../bus/bus.ts'
import { sha256Hex } from '../../ca/certificates.ts'
import type { Clock } from '../../clock.ts'
import { isoNow } from '../../clock.ts'
import type { ConsentService } from '../../consent/consent-service.ts'
import type { CheckpointService } from '../../findings-log/checkpoint-service.ts'
import type { AttachmentService } from '../../people/attachment-service.ts'
import type { TicketFollowers } from '../../people/ticket-followers.ts'
import { PERSON_VERSION } from '../../people/ticket-followers.ts'
import type { ReportService } from '../../reports/report-service.ts'
import type { RunService } from '../../runs/run-service.ts'
import type { Device } from '../../store/entities.ts'
import type { Store } from '../../store/store.ts'
import type { LastSeen } from '../last-seen.ts'
import type { AgentSession } from '../session.ts'
import type { SessionTable } from '../session-table.ts'
import type { Handlers } from './handlers.ts'

export interface LinkDeps {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly table: SessionTable
  readonly consent: ConsentService
  readonly reports: ReportService
  readonly runs: RunService
  readonly checkpoints: CheckpointService
  readonly followers: TicketFollowers
  readonly attachments: AttachmentService
  readonly lastSeen: LastSeen
  readonly organisation: { readonly name: string; readonly contact: string }
  readonly heartbeatMs: number
}

/** Hello, heartbeat, catalogue. */
export function linkHandlers(deps: LinkDeps): Pick<Handlers, 'link.hello' | 'link.ping' | 'agent.catalogue'> {
  return {
    'link.hello': (session, hello) => greet(deps, session, hello),
    'link.ping': async (session, { nonce }) => {
      session.send({ type: 'link.pong', nonce, clock: isoNow(deps.clock) })
    },
    'agent.catalogue': async (session, { catalogue }) => {
      const catalogueSha256 = sha256Hex(Buffer.from(canonicalJson(catalogue)))
      // Kept for good, so a device may hand over one, the one that it named.
      if (session.wantedCatalogue !== catalogueSha256)
        return session.close(CLOSE.invalidMessage, 'a catalogue that nobody asked for')
      session.wantedCatalogue = null
      await deps.store.devices.putCatalogue(catalogueSha256, catalogue)
      await deps.store.devices.seen(session.deviceId, { catalogueSha256, lastSeenAt: isoNow(deps.clock) })
      deps.bus.publish({ topic: `device/${session.deviceId}`, kind: 'catalogue', id: session.deviceId })
    },
  }
}

async function greet(deps: LinkDeps, session: AgentSession, hello: MessageNamed<'link.hello'>): Promise<void> {
  if (session.state !== 'greeting') return session.close(CLOSE.invalidMessage, 'a session says hello once')
  const version = Math.min(hello.protocol.newest, PROTOCOL_VERSION)
  if (version < Math.max(hello.protocol.oldest, OLDEST_PROTOCOL_VERSION)) {
    const spoken = `${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}`
    return session.close(CLOSE.versionMismatch, `this server speaks protocol versions ${spoken}`)
  }
  const isActive = session.identity.standing === 'active'
  const needCatalogue = await notesHello(deps, session, hello)
  const holdsRuns = isActive && hello.openRuns.length > 0
  const resume = holdsRuns ? await deps.runs.resumePoints(session.deviceId, hello.openRuns) : []
  session.wantedCatalogue = needCatalogue ? hello.catalogueSha256 : null
  const isWelcome = session.send({
    type: 'link.welcome',
    protocol: version,
    deviceId: session.deviceId,
    standing: session.identity.standing,
    organisation: deps.organisation,
    needCatalogue,
    heartbeatMs: deps.heartbeatMs,
    creditBytes: LIMITS.initialCreditBytes,
    resume: [...resume],
    certificateExpiresAt: new Date(session.identity.certificateEndsAt).toISOString(),
  })
  if (!isWelcome) return
  session.state = 'open'
  session.protocol = version
  deps.table.add(session)
  deps.runs.sessionBegan(session.deviceId)
  for (const topic of [`device/${session.deviceId}`, 'devices'])
    deps.bus.publish({ topic, kind: 'online', id: session.deviceId })
  if (isActive) await deliver(deps, session, hello)
}

/** Keeps the facts of a hello; true when the server lacks the catalogue that it names. */
async function notesHello(deps: LinkDeps, session: AgentSession, hello: MessageNamed<'link.hello'>): Promise<boolean> {
  const { knownDevice } = session
  session.knownDevice = null
  // The usual case: nothing is new, and nothing has to wait for the disk. A catalogue stays while a device names it.
  if (knownDevice !== null && saysTheSame(hello, knownDevice)) {
    deps.lastSeen.note(session.deviceId, deps.clock.now())
    return false
  }
  const known = await deps.store.devices.catalogue(hello.catalogueSha256)
  await deps.store.devices.seen(session.deviceId, {
    platform: hello.platform,
    arch: hello.arch,
    osName: hello.osName,
    agentVersion: hello.agentVersion,
    lastSeenAt: isoNow(deps.clock),
    ...(known === null ? {} : { catalogueSha256: hello.catalogueSha256 }),
  })
  return known === null
}

function saysTheSame(hello: MessageNamed<'link.hello'>, device: Device): boolean {
  return (['platform', 'arch', 'osName', 'agentVersion', 'catalogueSha256'] as const).every(
    (fact) => hello[fact] === device[fact],
  )
}

/** Sends what waited for the device: requests, withdrawals, lifted blocks, runs, checkpoints, tickets, files. */
async function deliver(deps: LinkDeps, session: AgentSession, hello: MessageNamed<'link.hello'>): Promise<void> {
  const { deviceId } = session
  // Asked after the session stands in the table: what comes later is sent by whoever makes it.
  const waiting = await deps.store.devices.waiting(deviceId, deps.consent.endedSince())
  if (waiting.requests) await deps.consent.deliver(deviceId)
  if (waiting.reports) await deps.reports.deliver(deviceId)
  if (waiting.runs) await deps.runs.deliver(deviceId, new Set(hello.openRuns.map(({ runId }) => runId)))
  if (waiting.tickets) await deps.checkpoints.deliver(deviceId)
  if (session.protocol < PERSON_VERSION) return
  if (waiting.tickets) await deps.followers.deliver(deviceId)
  if (waiting.attachments) for (const state of await deps.attachments.wanted(deviceId)) session.send(state)
}
