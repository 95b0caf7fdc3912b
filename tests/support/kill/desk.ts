import { randomBytes } from 'node:crypto'
import type { GrantId, RequestId } from '@askfirst/protocol/ids.ts'
import { ApiSession } from '../../../scripts/lib/api-session.ts'
import type { Device, Reply, Request, Run } from '../../../scripts/lib/demo-types.ts'
import type { ServerFacts } from '../../../scripts/lib/processes.ts'

export interface OrderedRun extends Run {
  readonly id: string
  readonly params: Readonly<Record<string, unknown>>
}

export interface AskedRequest extends Request {
  readonly grantEndedAt: string | null
  readonly grantEndReason: string | null
}

/** A technician with an API token, who asks and orders. */
export class Desk {
  readonly api: ApiSession
  readonly userId: string

  private constructor(api: ApiSession, userId: string) {
    this.api = api
    this.userId = userId
  }

  /** Uses the one-time link of a new server. The token works after restarts of that server on the same port. */
  static async setUp({ uiUrl, setupLink }: ServerFacts): Promise<Desk> {
    const token = new URL(setupLink ?? '', uiUrl).searchParams.get('token')
    const account = {
      email: 'desk@askfirst.invalid',
      name: 'Tess Desk',
      password: randomBytes(24).toString('base64url'),
    }
    await new ApiSession(uiUrl).post('/api/setup', { token, ...account })
    return Desk.signIn(uiUrl, account)
  }

  /** Signs in with a password and takes an API token. */
  static async signIn(uiUrl: string, account: { readonly email: string; readonly password: string }): Promise<Desk> {
    const reply = await fetch(`${uiUrl}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: uiUrl },
      body: JSON.stringify({ email: account.email, password: account.password }),
    })
    if (!reply.ok) throw new Error(`Signing in answered ${reply.status}: ${await reply.text()}`)
    const { csrfToken, user } = (await reply.json()) as { csrfToken: string; user: { id: string } }
    const cookie = reply.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const session = new ApiSession(uiUrl, { cookie, origin: uiUrl, 'x-csrf-token': csrfToken })
    const { secret } = await session.post<{ secret: string }>('/api/tokens', { name: 'test', days: 1 })
    return new Desk(new ApiSession(uiUrl, { authorization: `Bearer ${secret}` }), user.id)
  }

  /** An enrolment code that approves one device. */
  async enrolmentCode(): Promise<string> {
    const wanted = { label: 'test', maxUses: 1, hours: 1, approves: true }
    return (await this.api.post<{ code: string }>('/api/enrolment-tokens', wanted)).code
  }

  /** Another account with this role, signed in. */
  async colleague(uiUrl: string, role: 'technician' | 'lead'): Promise<Desk> {
    const account = { email: `${role}@askfirst.invalid`, password: randomBytes(24).toString('base64url') }
    await this.api.post('/api/users', { ...account, name: `Lena ${role}`, role })
    return Desk.signIn(uiUrl, account)
  }

  async device(): Promise<Device | null> {
    return (await this.api.get<Reply<Device>>('/api/devices')).items[0] ?? null
  }

  async openTicket(deviceId: string): Promise<string> {
    const ticket = { title: 'The computer is slow', requesterName: 'Rae Example', deviceIds: [deviceId] }
    return (await this.api.post<{ id: string }>('/api/tickets', ticket)).id
  }

  /** Makes a ticket this account's own. */
  async takeOver(ticketId: string): Promise<void> {
    const { version } = await this.api.get<{ version: number }>(`/api/tickets/${ticketId}`)
    await this.api.patch(`/api/tickets/${ticketId}`, { version, assigneeId: this.userId })
  }

  /** Kinds and bodies of the ticket's log, in order. */
  async log(ticketId: string): Promise<readonly { readonly kind: string; readonly body: Record<string, unknown> }[]> {
    type Entries = Reply<{ readonly kind: string; readonly body: Record<string, unknown> }>
    return (await this.api.get<Entries>(`/api/tickets/${ticketId}/log?limit=500`)).items
  }

  async ask(
    ticketId: string,
    deviceId: string,
    collectors: readonly { readonly id: string; readonly params: object }[],
  ): Promise<RequestId> {
    const asking = { deviceId, purpose: 'Find out why it is slow', collectors, durationMs: 4 * 3_600_000 }
    const { id } = await this.api.post<Request>(`/api/tickets/${ticketId}/consent-requests`, asking)
    return id as RequestId // The server's own id.
  }

  async request(ticketId: string, id: string): Promise<AskedRequest | null> {
    const { items } = await this.api.get<Reply<AskedRequest>>(`/api/tickets/${ticketId}/consent-requests`)
    return items.find((item) => item.id === id) ?? null
  }

  async order(
    ticketId: string,
    grantId: GrantId | string,
    runs: readonly { readonly collector: string; readonly params?: object }[],
  ): Promise<readonly OrderedRun[]> {
    return (await this.api.post<Reply<OrderedRun>>(`/api/tickets/${ticketId}/runs`, { grantId, runs })).items
  }

  async runs(ticketId: string): Promise<readonly OrderedRun[]> {
    return (await this.api.get<Reply<OrderedRun>>(`/api/tickets/${ticketId}/runs`)).items
  }
}
