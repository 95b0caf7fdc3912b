import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { wholeNumber } from './values.ts'

/** Rows of part `address` out of `ip addr` as text: the form of an iproute2 that is too old for `-j` (before 4.13). */
export function parseIpAddressText(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  let name: string | undefined
  for (const line of text.split('\n')) {
    name = /^\d+: ([^:@\s]{1,64})/.exec(line)?.[1] ?? name
    const row = name === undefined ? null : addressRow(line, name)
    if (row !== null) rows.push(row)
    const lifetime = wholeNumber(/^\s+valid_lft (\d+)sec/.exec(line)?.[1])
    const last = rows.at(-1)
    if (lifetime !== undefined && last !== undefined)
      rows[rows.length - 1] = { ...last, validLifetimeMs: lifetime * 1_000 }
  }
  return rows
}

function addressRow(line: string, name: string): NetRow | null {
  const match = /^\s+inet6? ([0-9a-fA-F.:]{2,45})(?: peer [0-9a-fA-F.:]{2,45})?\/(\d{1,3})\s(.*)$/.exec(line)
  const [, address, prefix, rest = ''] = match ?? []
  const family = familyOf(address)
  if (address === undefined || family === undefined) return null
  const scope = /\bscope (global|link|host|site)\b/.exec(rest)?.[1]
  const words = rest.split(/\s+/)
  return knownFields<NetRow>({
    part: 'address',
    interface: name,
    family,
    address,
    prefixLength: wholeNumber(prefix),
    scope: scope === 'global' || scope === 'link' || scope === 'host' || scope === 'site' ? scope : undefined,
    origin: originOf(scope, words, family),
    temporary: words.includes('temporary') ? true : undefined,
    addressState: stateOf(words),
    source: 'ip addr',
  })
}

function originOf(scope: string | undefined, words: readonly string[], family: 'ipv4' | 'ipv6'): NetRow['origin'] {
  if (scope === 'host') return 'wellKnown'
  if (scope === 'link') return 'linkLocal'
  if (words.includes('dynamic')) return family === 'ipv4' ? 'dhcp' : 'routerAdvertisement'
  return undefined
}

function stateOf(words: readonly string[]): NetRow['addressState'] {
  if (words.includes('dadfailed')) return 'duplicate'
  if (words.includes('tentative')) return 'tentative'
  return words.includes('deprecated') ? 'deprecated' : 'preferred'
}
