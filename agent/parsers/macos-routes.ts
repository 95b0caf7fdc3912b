import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { lineOf, wholeNumber } from './values.ts'

/**
 * Rows of part `route` out of `netstat -rn` on macOS. Routes that the system made for one neighbour (flag `L` or `W`), for
 * multicast and for its own loopback are left out: they say nothing about the way.
 */
export function parseNetstatRoutes(text: string): readonly NetRow[] {
  const rows: NetRow[] = []
  let family: 'ipv4' | 'ipv6' | undefined
  let columns: readonly string[] = []
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    if (/^Internet6?:/.test(line)) family = line.startsWith('Internet6') ? 'ipv6' : 'ipv4'
    else if (words[0] === 'Destination') columns = words
    else if (family !== undefined && columns.length > 0) rows.push(...routeRow(words, columns, family))
  }
  return rows
}

function routeRow(words: readonly string[], columns: readonly string[], family: 'ipv4' | 'ipv6'): readonly NetRow[] {
  const cell = (name: string): string | undefined => {
    const at = columns.indexOf(name)
    return at < 0 ? undefined : words[at]
  }
  const destination = lineOf(cell('Destination'), 128)
  const flags = cell('Flags') ?? ''
  const name = lineOf(cell('Netif'), 256)
  if (
    destination === undefined ||
    name === undefined ||
    !flags.includes('U') ||
    /[LWm]/.test(flags) ||
    name.startsWith('lo')
  )
    return []
  if (/^(ff|224|255\.255)/.test(destination)) return []
  const gateway = lineOf(cell('Gateway'), 64)?.replace(/%.*$/, '')
  return [
    knownFields<NetRow>({
      part: 'route',
      interface: name,
      family,
      destination: fullNetwork(destination, flags, family),
      gateway: familyOf(gateway) === undefined ? undefined : gateway,
      setBy: flags.includes('S') ? 'static' : undefined,
      source: 'netstat -rn',
    }),
  ]
}

/** `192.168.1` means `192.168.1.0/24`: netstat leaves zeros at the end and the usual prefix out. */
function fullNetwork(destination: string, flags: string, family: 'ipv4' | 'ipv6'): string {
  if (destination === 'default') return destination
  if (family === 'ipv6') return destination.replace(/%[^/]*/, '')
  const [base = '', prefix] = destination.split('/')
  const octets = base.split('.')
  if (octets.length > 4 || octets.some((octet) => wholeNumber(octet) === undefined)) return destination
  const full = [...octets, '0', '0', '0'].slice(0, 4).join('.')
  if (prefix !== undefined) return `${full}/${prefix}`
  return flags.includes('H') ? full : `${full}/${octets.length * 8}`
}
