import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { jsonCount, jsonList, jsonObject, jsonText, parseJson } from './values.ts'

type Values = Readonly<Record<string, unknown>>

/** `ip` prints this lifetime, in seconds, for "for ever". */
const FOR_EVER = 4_294_967_295

/** Rows of part `address` out of `ip -j addr` (iproute2). What is no such list gives none. */
export function parseIpAddresses(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  for (const item of jsonList(parseJson(text))) {
    const link = jsonObject(item)
    const name = jsonText(link?.ifname, 256)
    if (link === null || name === undefined) continue
    for (const member of jsonList(link.addr_info)) {
      const row = addressRow(jsonObject(member), name)
      if (row !== null) rows.push(row)
    }
  }
  return rows
}

function addressRow(values: Values | null, name: string): NetRow | null {
  const address = jsonText(values?.local, 64)
  const family = familyOf(address)
  if (values === null || address === undefined || family === undefined) return null
  const prefixLength = jsonCount(values.prefixlen)
  const seconds = jsonCount(values.valid_life_time)
  return knownFields<NetRow>({
    part: 'address',
    interface: name,
    family,
    address,
    prefixLength: prefixLength !== undefined && prefixLength <= 128 ? prefixLength : undefined,
    scope: scopeOf(values.scope),
    origin: originOf(values, family),
    temporary: values.temporary === true ? true : undefined,
    addressState: stateOf(values),
    validLifetimeMs: seconds === undefined || seconds >= FOR_EVER ? undefined : seconds * 1_000,
    source: 'ip -j addr',
  })
}

function scopeOf(scope: unknown): NetRow['scope'] {
  return scope === 'global' || scope === 'link' || scope === 'host' || scope === 'site' ? scope : undefined
}

/** Only what the kernel knows: a dynamic IPv6 address comes from a router, a dynamic IPv4 address from DHCP. */
function originOf(values: Values, family: 'ipv4' | 'ipv6'): NetRow['origin'] {
  if (values.scope === 'host') return 'wellKnown'
  if (values.scope === 'link') return 'linkLocal'
  if (values.dynamic === true) return family === 'ipv4' ? 'dhcp' : 'routerAdvertisement'
  return undefined
}

function stateOf(values: Values): NetRow['addressState'] {
  if (values.dadfailed === true) return 'duplicate'
  if (values.tentative === true) return 'tentative'
  return values.deprecated === true ? 'deprecated' : 'preferred'
}

/** Kinds of routes that say nothing about the way out of the machine: its own addresses, broadcast, multicast. */
const INNER = new Set(['local', 'broadcast', 'multicast', 'anycast'])

/** Rows of part `route` out of `ip -j route` or `ip -j -6 route`. */
export function parseIpRoutes(text: string, family: 'ipv4' | 'ipv6'): readonly NetRow[] {
  const rows: NetRow[] = []
  for (const item of jsonList(parseJson(text))) {
    const values = jsonObject(item)
    if (values === null || INNER.has(String(values.type))) continue
    const hops = Array.isArray(values.nexthops) ? values.nexthops : [values]
    for (const hop of hops) {
      const row = routeRow(values, jsonObject(hop) ?? {}, family)
      if (row !== null) rows.push(row)
    }
  }
  return rows
}

function routeRow(values: Values, hop: Values, family: 'ipv4' | 'ipv6'): NetRow | null {
  const destination = jsonText(values.dst, 128)
  if (destination === undefined) return null
  return knownFields<NetRow>({
    part: 'route',
    interface: jsonText(hop.dev, 256) ?? jsonText(values.dev, 256),
    family,
    destination:
      typeof values.type === 'string' && values.type !== 'unicast' ? `${values.type} ${destination}` : destination,
    gateway: jsonText(hop.gateway, 64) ?? jsonText(jsonObject(hop.via)?.host, 64),
    metric: jsonCount(values.metric),
    sourceAddress: jsonText(values.prefsrc, 64),
    setBy: jsonText(values.protocol, 64),
    source: family === 'ipv4' ? 'ip -j route' : 'ip -j -6 route',
  })
}
