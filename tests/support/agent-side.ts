import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DeviceId, TicketId } from '@askfirst/protocol/ids.ts'
import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import type { CertificateAuthority } from '@askfirst/server/ca/authority.ts'
import { openAuthority } from '@askfirst/server/ca/authority.ts'
import type { LogSigner } from '@askfirst/server/ca/log-signer.ts'
import { openLogSigner } from '@askfirst/server/ca/log-signer.ts'
import { isoNow, newId, systemClock } from '@askfirst/server/clock.ts'
import type { AgentSide, AgentSideOptions } from '@askfirst/server/gateway/agent-side.ts'
import { createAgentSide } from '@askfirst/server/gateway/agent-side.ts'
import type { Ticket, User } from '@askfirst/server/store/entities.ts'
import { openSqlite } from '@askfirst/server/store/sqlite/open-sqlite.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { UNTOUCHED } from '@askfirst/server/store/ticket-entities.ts'
import { pino } from 'pino'
import { BUNDLED_STORE_THREAD } from './bundled-store-thread.ts'

export const TERMS = {
  organisation: { name: 'Example Ltd', contact: 'help@example.test' },
  destination: 'the help desk server of Example Ltd',
  retentionDays: 90,
}

/** The real agents' side of a server on a free port of this machine, with a real store in a directory of its own. */
export interface AgentSideUnderTest {
  readonly port: number
  readonly store: Store
  readonly authority: CertificateAuthority
  readonly side: AgentSide
  readonly signer: LogSigner
  readonly technician: User
  /** Makes an enrolment token; the 16 bytes as the agent sends them. */
  token(options?: { readonly approves?: boolean; readonly maxUses?: number }): Promise<string>
  ticketFor(...deviceIds: readonly DeviceId[]): Promise<Ticket>
  user(role?: User['role']): Promise<User>
  /** Kinds of the ticket's log entries, in order. */
  logKinds(ticketId: TicketId): Promise<readonly string[]>
  close(): Promise<void>
}

/** Starts it; `close` ends everything and removes the directory. */
export async function startAgentSide(options: Partial<AgentSideOptions> = {}): Promise<AgentSideUnderTest> {
  const directory = await mkdtemp(join(tmpdir(), 'askfirst-gateway-'))
  const store = options.store ?? (await openSqlite(join(directory, 'store.sqlite'), BUNDLED_STORE_THREAD))
  const clock = options.clock ?? systemClock
  const keys = join(directory, 'keys')
  const authority = await openAuthority({ directory: keys, name: 'Example Ltd', now: clock.now() })
  const signer = options.signer ?? (await openLogSigner({ directory: keys, name: 'example' }))
  const side = createAgentSide({
    store,
    bus: createInProcessBus((error) => {
      throw error
    }),
    clock,
    log: pino({ level: 'silent' }),
    authority,
    signer,
    directory: keys,
    hosts: ['127.0.0.1', 'localhost'],
    terms: TERMS,
    mails: { ofPersonsMove: async () => [] },
    enrolmentsPerMinute: 1_000,
    ...options,
  })
  const port = await side.gateway.listen({ host: '127.0.0.1', port: 0 })
  const user = (role: User['role'] = 'technician') => createUser(store, role)
  const technician = await user()
  return {
    port,
    store,
    authority,
    side,
    signer,
    technician,
    user,
    token: (wanted) => createToken(store, wanted),
    ticketFor: (...deviceIds) => createTicket(store, deviceIds),
    logKinds: async (ticketId) => (await store.log.read(ticketId, 0, 500)).map(({ kind }) => kind),
    async close() {
      await side.close()
      await store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function createUser(store: Store, role: User['role']): Promise<User> {
  const id = newId('usr', systemClock)
  const user: User = {
    id,
    email: `${id}@example.test`,
    name: 'Tess Example',
    role,
    passwordHash: '-',
    disabled: false,
    supportLevel: null,
    createdAt: isoNow(systemClock),
  }
  await store.users.create(user, audit('user.created', id))
  return user
}

async function createToken(
  store: Store,
  options: { readonly approves?: boolean; readonly maxUses?: number } = {},
): Promise<string> {
  const secret = randomBytes(16)
  const id = `tok_${secret.toString('hex')}`
  await store.enrolment.create(
    {
      id,
      label: 'test',
      tokenHash: createHash('sha256').update(secret).digest('hex'),
      maxUses: options.maxUses ?? 1,
      uses: 0,
      approves: options.approves ?? true,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      createdBy: 'test',
      createdAt: isoNow(systemClock),
      revokedAt: null,
    },
    audit('enrolment-token.created', id),
  )
  return secret.toString('base64url')
}

function createTicket(store: Store, deviceIds: readonly DeviceId[]): Promise<Ticket> {
  const id = newId('tkt', systemClock)
  const at = isoNow(systemClock)
  return store.tickets.create(
    {
      id,
      title: 'PC is slow',
      description: '',
      requesterName: 'Rae Example',
      requesterEmail: null,
      openedBy: 'desk',
      deviceIds,
      state: 'open',
      impact: 'low',
      urgency: 'low',
      priority: 4,
      priorityReason: { byMatrix: 4, override: null },
      level: 1,
      ...UNTOUCHED,
      assigneeId: null,
      confirmed: null,
      createdAt: at,
      updatedAt: at,
    },
    { ticketId: id, at, actor: { kind: 'system', id: 'server', name: 'test' }, kind: 'ticket.opened', body: {} },
  )
}

function audit(action: string, subject: string) {
  return {
    at: isoNow(systemClock),
    actor: { kind: 'system', id: 'server', name: 'test' } as const,
    action,
    subject,
    detail: {},
  }
}
