import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeviceId, GrantId, RequestId, RunId, TicketId } from '@askfirst/protocol/ids.ts'
import { isoNow, newId, systemClock } from '@askfirst/server/clock.ts'
import { DEFAULT_CONFIG } from '@askfirst/server/config.ts'
import { keysDirectory } from '@askfirst/server/places.ts'
import { startServer } from '@askfirst/server/start-server.ts'
import type { ChunkInput, User } from '@askfirst/server/store/entities.ts'
import { UNTOUCHED } from '@askfirst/server/store/ticket-entities.ts'
import { serveCalls } from './child.ts'
import { monotonicMs, ownUsage, settledUsage, until } from './measure.ts'

/**
 * The real server in a process of its own, with its services called from within where no person can be asked to click.
 * Only one bound is lifted: enrolments per minute, so that thousands of devices can be made.
 */
const [dataDir = ''] = process.argv.slice(2)
const config = { ...DEFAULT_CONFIG, dataDir, port: 0, agentPort: 0 }
const server = await startServer(config, { agentSide: { enrolmentsPerMinute: 1_000_000 } })
const { services, agents } = server
const { store } = services
const actor = { kind: 'system', id: 'server', name: 'bench' } as const
const technician = await makeTechnician()
const storedAt = watchFirstChunks()

async function makeTechnician(): Promise<User> {
  const id = newId('usr', systemClock)
  const user: User = {
    ...{
      id,
      email: `${id}@bench.invalid`,
      name: 'Bench',
      role: 'technician',
      passwordHash: '-',
      disabled: false,
      supportLevel: null,
    },
    createdAt: isoNow(systemClock),
  }
  await store.users.create(user, { at: isoNow(systemClock), actor, action: 'user.created', subject: id, detail: {} })
  return user
}

/** Notes when the first chunk of each run was committed. The store's own method is called untouched. */
function watchFirstChunks(): ReadonlyMap<RunId, number> {
  const seen = new Map<RunId, number>()
  const append = store.runs.appendChunks
  const watched = async (chunks: readonly ChunkInput[]) => {
    const outcomes = await append(chunks)
    const now = monotonicMs()
    for (const { runId, seq } of chunks) if (seq === 0 && !seen.has(runId)) seen.set(runId, now)
    return outcomes
  }
  Object.assign(store.runs, { appendChunks: watched })
  return seen
}

async function openTicket(deviceId: DeviceId): Promise<TicketId> {
  const id = newId('tkt', systemClock)
  const at = isoNow(systemClock)
  await store.tickets.create(
    {
      ...{ id, title: 'Bench', description: '', requesterName: 'Bench', requesterEmail: null, openedBy: 'desk' },
      ...{ deviceIds: [deviceId], state: 'open', impact: 'low', urgency: 'low', level: 1 },
      ...{ priority: 4, priorityReason: { byMatrix: 4, override: null } },
      ...{
        ...UNTOUCHED,
        assigneeId: null,
        confirmed: null,
        createdAt: at,
        updatedAt: at,
      },
    },
    { ticketId: id, at, actor, kind: 'ticket.opened', body: {} },
  )
  return id
}

async function granted(id: RequestId): Promise<GrantId> {
  return until('the receipt was recorded', 20_000, async () => (await store.consent.get(id))?.grant?.grantId ?? null)
}

const calls = {
  facts: () => ({
    uiUrl: server.uiUrl,
    setupLink: server.setupLink,
    port: server.agentPort,
    keys: keysDirectory(config),
    authorityPem: readFileSync(join(keysDirectory(config), 'authority.pem'), 'utf8'),
  }),
  /** A token for `count` enrolments, base64url. */
  async token(count: number): Promise<string> {
    const secret = randomBytes(16)
    const id = `tok_${secret.toString('hex')}`
    const token = {
      ...{ id, label: 'bench', tokenHash: createHash('sha256').update(secret).digest('hex'), maxUses: count, uses: 0 },
      ...{ approves: true, expiresAt: new Date(Date.now() + 3_600_000).toISOString(), createdBy: 'bench' },
      ...{ createdAt: isoNow(systemClock), revokedAt: null },
    }
    await store.enrolment.create(token, { at: isoNow(systemClock), actor, action: 'bench', subject: id, detail: {} })
    return secret.toString('base64url')
  },
  online: () => agents.link.onlineCount,
  /** Asks each device for `eventlog.query`; the scripted agent says yes with a receipt that it signs itself. */
  async grants(deviceIds: readonly DeviceId[]) {
    return Promise.all(
      deviceIds.map(async (deviceId) => {
        const ticketId = await openTicket(deviceId)
        // A device counts as connected a moment before what it can run is stored.
        await until('the device announced its collectors', 20_000, async () => {
          const device = await store.devices.get(deviceId)
          return device?.catalogueSha256 ?? null
        })
        const asked = await services.consent.ask(
          ticketId,
          { user: technician, role: 'technician' },
          {
            ...{ deviceId, purpose: 'Bench', collectors: [{ id: 'eventlog.query', params: {} }] },
            ...{ durationMs: 1_800_000, answerWithinMs: 600_000, personalData: 'keep' },
          },
        )
        return { ticketId, grantId: await granted(asked.id) }
      }),
    )
  },
  async order({ ticketId, grantId }: { readonly ticketId: TicketId; readonly grantId: GrantId }): Promise<RunId> {
    const order = { grantId, runs: [{ collector: 'eventlog.query', params: {} }] }
    const [run] = await services.runs.order(ticketId, technician, order)
    if (run === undefined) throw new Error('no run was ordered')
    return run.id
  },
  recordedGrant: granted,
  hasEnded: async (runId: RunId) => (await services.runs.get(runId)).endedAt !== null,
  async rows(runIds: readonly RunId[]) {
    const runs = await Promise.all(runIds.map((id) => services.runs.get(id)))
    const sum = (field: 'rows' | 'indexedRows') => runs.reduce((all, run) => all + run[field], 0)
    return { stored: sum('rows'), indexed: sum('indexedRows') }
  },
  /** When the first chunk of a run was committed, in ms of the monotonic clock; null when it was not yet. */
  firstStored: (runId: RunId) => storedAt.get(runId) ?? null,
  usage: ownUsage,
  settled: settledUsage,
}
export type ServerCalls = typeof calls

serveCalls(calls)
