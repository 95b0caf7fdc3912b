import type { DeviceService } from '../devices/device-service.ts'
import type { Device, FoundFinding, Ticket, User } from '../store/entities.ts'
import type { KnowledgeEntry } from '../store/knowledge-entities.ts'
import type { Store } from '../store/store.ts'
import type { Permission } from '../users/permissions.ts'

/** What a search found; a part that the caller may not read is empty. */
export interface Found {
  readonly tickets: readonly Ticket[]
  readonly devices: readonly (Device & { readonly online: boolean })[]
  readonly findings: readonly FoundFinding[]
  readonly users: readonly User[]
  readonly knowledge: readonly KnowledgeEntry[]
}

export type SearchService = ReturnType<typeof createSearchService>

/** Looks for words in everything that the caller may read. */
export function createSearchService(input: {
  readonly store: Pick<Store, 'tickets' | 'devices' | 'findings' | 'users' | 'knowledge'>
  readonly devices: Pick<DeviceService, 'isOnline'>
}) {
  const { store, devices } = input

  return {
    /** At most `limit` of each kind; the ticket with that very number comes first. */
    async search(q: string, limit: number, permissions: ReadonlySet<Permission>): Promise<Found> {
      const may = <Item>(permission: Permission, read: () => Promise<readonly Item[]>) =>
        permissions.has(permission) ? read() : Promise.resolve([])
      const [tickets, machines, findings, users, knowledge] = await Promise.all([
        may('ticket.read', () => ticketsFor(store, q, limit)),
        may('device.read', async () => (await store.devices.list({ q, limit })).items),
        may('finding.read', () => store.findings.search(q, limit)),
        may('user.read', () => store.users.search(q, limit)),
        may('ticket.read', async () => (await store.knowledge.list({ q, limit })).items),
      ])
      return {
        tickets,
        devices: machines.map((device) => ({ ...device, online: devices.isOnline(device.id) })),
        findings,
        users,
        knowledge,
      }
    },
  }
}

async function ticketsFor(store: Pick<Store, 'tickets'>, q: string, limit: number): Promise<readonly Ticket[]> {
  const { items } = await store.tickets.list({ q, limit })
  const number = /^#?(\d{1,9})$/.exec(q.trim())?.[1]
  const exact = number === undefined ? null : await store.tickets.byNumber(Number(number))
  if (exact === null) return items
  return [exact, ...items.filter(({ id }) => id !== exact.id)].slice(0, limit)
}
