import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { lineOf } from './values.ts'

const MAX_DOMAINS = 64

interface Resolver {
  domain?: string
  interface?: string
  multicast?: boolean
  readonly servers: string[]
  readonly searchDomains: string[]
}

/** Rows of part `dns` out of `scutil --dns`. Resolvers of multicast DNS and the second, scoped list give none. */
export function parseScutilDns(text: string): readonly NetRow[] {
  const general = text.split(/^DNS configuration \(for scoped queries\)/m)[0] ?? ''
  const resolvers: Resolver[] = []
  for (const line of general.split('\n')) {
    if (/^resolver #\d+/.test(line)) resolvers.push({ servers: [], searchDomains: [] })
    const resolver = resolvers.at(-1)
    if (resolver !== undefined) readLine(line, resolver)
  }
  return resolvers.filter((resolver) => resolver.multicast !== true).flatMap(rowsOf)
}

function readLine(line: string, resolver: Resolver): void {
  const [, name = '', written = ''] = /^\s+([a-z_ ]{2,20}?)(?:\[\d+\])?\s*: (.*)$/.exec(line) ?? []
  const value = lineOf(written, 256)
  if (value === undefined) return
  if (name === 'nameserver' && familyOf(value) !== undefined) resolver.servers.push(value)
  if (name === 'search domain' && resolver.searchDomains.length < MAX_DOMAINS) resolver.searchDomains.push(value)
  if (name === 'domain') resolver.domain = value
  if (name === 'if_index') resolver.interface = /\(([^)]{1,64})\)/.exec(value)?.[1] ?? value
  if (name === 'options' && value.includes('mdns')) resolver.multicast = true
}

function rowsOf(resolver: Resolver): readonly NetRow[] {
  return resolver.servers.map((server, at) =>
    knownFields<NetRow>({
      part: 'dns',
      interface: resolver.interface,
      family: familyOf(server),
      server,
      order: at + 1,
      searchDomains: resolver.searchDomains,
      forDomain: resolver.domain,
      source: 'scutil --dns',
    }),
  )
}

/** How far each interface reaches, out of `scutil --nwi`: it knows whether a way out is set up, not whether the internet answers. */
export function parseScutilNwi(text: string): ReadonlyMap<string, NonNullable<NetRow['reach']>> {
  const reach = new Map<string, NonNullable<NetRow['reach']>>()
  let name: string | undefined
  for (const line of text.split('\n')) {
    name = /^\s{1,8}([a-z]+\d+) : flags/.exec(line)?.[1] ?? name
    const words = /^\s+reach\s+: \S+ \(([^)]*)\)/.exec(line)?.[1]
    if (name !== undefined && words !== undefined) reach.set(name, words.includes('Reachable') ? 'local' : 'none')
  }
  return reach
}
