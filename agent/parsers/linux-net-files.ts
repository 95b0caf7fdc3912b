import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf, ipv4OfLittleEndianHex, ipv6OfHex, prefixLengthOfMask } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { lineOf, wholeNumber } from './values.ts'

const UP = 0x1
const REJECT = 0x200
const V6_UP = 0x1
const V6_LOCAL = 0x8000_0000

/** Rows of part `route` out of `/proc/net/route` (IPv4). */
export function parseProcNetRoute(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  for (const line of text.split('\n')) {
    const [name, destinationHex = '', gatewayHex = '', flags = '', , , metric, maskHex = ''] = line.trim().split(/\s+/)
    const destination = ipv4OfLittleEndianHex(destinationHex)
    const gateway = ipv4OfLittleEndianHex(gatewayHex)
    const prefix = prefixLengthOfMask(ipv4OfLittleEndianHex(maskHex) ?? '')
    const bits = Number.parseInt(flags, 16)
    if (destination === undefined || prefix === undefined || (bits & UP) === 0 || (bits & REJECT) !== 0) continue
    rows.push(
      knownFields<NetRow>({
        part: 'route',
        interface: lineOf(name, 256),
        family: 'ipv4',
        destination: prefix === 0 ? 'default' : `${destination}/${prefix}`,
        gateway: gateway === '0.0.0.0' ? undefined : gateway,
        metric: wholeNumber(metric),
        source: '/proc/net/route',
      }),
    )
  }
  return rows
}

/** Rows of part `route` out of `/proc/net/ipv6_route`, without this machine's own addresses and multicast. */
export function parseProcNetIpv6Route(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  for (const line of text.split('\n')) {
    const fields = line.trim().split(/\s+/)
    const [destinationHex = '', prefixHex = '', , , gatewayHex = '', metricHex = '', , , flagsHex = '', name] = fields
    const destination = ipv6OfHex(destinationHex)
    const flags = Number.parseInt(flagsHex, 16)
    if (destination === undefined || name === undefined || name === 'lo') continue
    if ((flags & V6_UP) === 0 || (flags & V6_LOCAL) !== 0 || destination.startsWith('ff')) continue
    const prefix = Number.parseInt(prefixHex, 16)
    const gateway = ipv6OfHex(gatewayHex)
    rows.push(
      knownFields<NetRow>({
        part: 'route',
        interface: lineOf(name, 256),
        family: 'ipv6',
        destination: prefix === 0 ? 'default' : `${destination}/${prefix}`,
        gateway: gateway === '::' ? undefined : gateway,
        metric: Number.parseInt(metricHex, 16),
        source: '/proc/net/ipv6_route',
      }),
    )
  }
  return rows
}

const V6_SCOPES: Readonly<Record<string, NonNullable<NetRow['scope']>>> = {
  '00': 'global',
  '10': 'host',
  '20': 'link',
  '40': 'site',
}

/** Rows of part `address` out of `/proc/net/if_inet6`. Flags as in the kernel's if_addr.h. */
export function parseIfInet6(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  for (const line of text.split('\n')) {
    const [hex = '', , prefixHex = '', scopeHex = '', flagsHex = '', name] = line.trim().split(/\s+/)
    const address = ipv6OfHex(hex)
    if (address === undefined || name === undefined) continue
    const flags = Number.parseInt(flagsHex, 16)
    const scope = V6_SCOPES[scopeHex]
    rows.push(
      knownFields<NetRow>({
        part: 'address',
        interface: lineOf(name, 256),
        family: 'ipv6',
        address,
        prefixLength: Number.parseInt(prefixHex, 16),
        scope,
        origin: scope === 'host' ? 'wellKnown' : scope === 'link' ? 'linkLocal' : undefined,
        temporary: (flags & 0x01) !== 0 ? true : undefined,
        addressState: v6State(flags),
        source: '/proc/net/if_inet6',
      }),
    )
  }
  return rows
}

function v6State(flags: number): NetRow['addressState'] {
  if ((flags & 0x08) !== 0) return 'duplicate'
  if ((flags & 0x40) !== 0) return 'tentative'
  return (flags & 0x20) !== 0 ? 'deprecated' : 'preferred'
}

/**
 * Rows of part `address` out of `/proc/net/fib_trie` (IPv4): the machine's own addresses. The file does not say to which
 * interface they belong; the directly connected networks of `routes` do.
 */
export function parseFibTrie(text: string, routes: readonly NetRow[]): readonly NetRow[] {
  const addresses = new Set<string>()
  let address: string | undefined
  for (const line of text.split('\n')) {
    address = /^\s*\|-- (\d{1,3}(?:\.\d{1,3}){3})\s*$/.exec(line)?.[1] ?? address
    if (/^\s*\/32 host LOCAL/.test(line) && familyOf(address) === 'ipv4' && address !== undefined)
      addresses.add(address)
  }
  return [...addresses].map((local) => fibAddressRow(local, routes))
}

function fibAddressRow(address: string, routes: readonly NetRow[]): NetRow {
  const isLoopback = address.startsWith('127.')
  const route = routes.find((candidate) => candidate.gateway === undefined && isInside(address, candidate.destination))
  return knownFields<NetRow>({
    part: 'address',
    interface: isLoopback ? 'lo' : route?.interface,
    family: 'ipv4',
    address,
    prefixLength: isLoopback ? 8 : wholeNumber(route?.destination?.split('/')[1]),
    scope: isLoopback ? 'host' : 'global',
    origin: isLoopback ? 'wellKnown' : undefined,
    source: '/proc/net/fib_trie',
  })
}

function isInside(address: string, network: string | undefined): boolean {
  const [base = '', prefixText] = network?.split('/') ?? []
  const prefix = wholeNumber(prefixText)
  if (prefix === undefined || prefix > 32 || familyOf(base) !== 'ipv4') return false
  const size = 2 ** (32 - prefix)
  return Math.floor(numberOf(address) / size) === Math.floor(numberOf(base) / size)
}

function numberOf(address: string): number {
  return address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
}
