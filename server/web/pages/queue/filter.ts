import type { Query } from '../../api/client.ts'

/** Filters of the queue as the address has them; an empty text is no filter. */
export interface QueueFilter {
  readonly state: string
  readonly assigneeId: string
  readonly priority: string
  readonly level: string
  readonly deviceId: string
  readonly tag: string
  readonly q: string
  readonly sort: string
}

export const ACTIVE_STATES = 'new,open,waiting'
const DEFAULTS: QueueFilter = {
  state: ACTIVE_STATES,
  assigneeId: '',
  priority: '',
  level: '',
  deviceId: '',
  tag: '',
  q: '',
  sort: 'priority',
}
const NAMES = ['state', 'assigneeId', 'priority', 'level', 'deviceId', 'tag', 'q', 'sort'] as const

/** What an address says; what it leaves out has its default, and `state=any` means every state. */
export function filterOf(search: URLSearchParams): QueueFilter {
  const entries = NAMES.map((name) => [name, search.get(name) ?? DEFAULTS[name]])
  return { ...DEFAULTS, ...Object.fromEntries(entries) }
}

/** The address's parameters for a filter, in one order, without those that have their defaults. */
export function queryText(filter: QueueFilter): string {
  const set = NAMES.filter((name) => filter[name] !== DEFAULTS[name]).map((name) => [name, filter[name]])
  return new URLSearchParams(set).toString()
}

/** The parameters of `/api/tickets`. */
export function apiQuery(filter: QueueFilter): Query {
  const set = NAMES.filter((name) => filter[name] !== '' && !(name === 'state' && filter[name] === 'any'))
  return Object.fromEntries(set.map((name) => [name, filter[name]]))
}

/** Views that everybody has. */
export const BUILT_IN_VIEWS: readonly { readonly name: string; readonly query: string }[] = [
  { name: 'All open', query: '' },
  { name: 'Mine', query: 'assigneeId=me' },
  { name: 'Unassigned', query: 'assigneeId=none' },
]
