import type { InterfaceType, NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf, prefixLengthOfMask } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { lineOf, wholeNumber } from './values.ts'

/**
 * Rows of parts `interface` and `address` out of `ifconfig -a` on macOS.
 *
 * @param ports names of the hardware ports by interface, from `networksetup -listallhardwareports`
 */
export function parseIfconfig(text: string, ports: ReadonlyMap<string, string> = new Map()): readonly NetRow[] {
  return blocksOf(text).flatMap((block) => {
    const name = block.name
    const addresses = block.lines.map((line) => addressRow(line, name)).filter((row) => row !== null)
    return [interfaceRow(block, ports.get(name)), ...addresses]
  })
}

interface Block {
  readonly name: string
  readonly head: string
  readonly lines: string[]
}

function blocksOf(text: string): readonly Block[] {
  const blocks: Block[] = []
  for (const line of text.split('\n')) {
    const name = /^([A-Za-z][\w.-]{0,63}): flags=/.exec(line)?.[1]
    if (name !== undefined) blocks.push({ name, head: line, lines: [] })
    else blocks.at(-1)?.lines.push(line.trim())
  }
  return blocks
}

function interfaceRow({ name, head, lines }: Block, port: string | undefined): NetRow {
  const flags = new Set(/<([^>]*)>/.exec(head)?.[1]?.split(','))
  const status = lines.find((line) => line.startsWith('status: '))?.slice('status: '.length)
  const media = lines.find((line) => line.startsWith('media: ')) ?? ''
  return knownFields<NetRow>({
    part: 'interface',
    interface: name,
    type: typeOf(name, port),
    description: port,
    enabled: flags.has('UP'),
    link: linkOf(status, flags),
    macAddress: lines
      .map((line) => /^ether ([0-9a-fA-F:]{11,17})$/.exec(line)?.[1])
      .find((found) => found !== undefined),
    mtu: wholeNumber(/ mtu (\d+)/.exec(head)?.[1]),
    speedMbps: speedOf(media),
    duplex: media.includes('full-duplex') ? 'full' : media.includes('half-duplex') ? 'half' : undefined,
    source: 'ifconfig -a',
  })
}

function linkOf(status: string | undefined, flags: ReadonlySet<string>): NetRow['link'] {
  if (status === 'active') return 'up'
  if (status === 'inactive') return 'down'
  return flags.has('LOOPBACK') && flags.has('RUNNING') ? 'up' : 'unknown'
}

function speedOf(media: string): number | undefined {
  const [, digits, unit] = /\((\d{1,4}(?:\.\d)?)(G?)base/i.exec(media) ?? []
  if (digits === undefined) return undefined
  return Number(digits) * (unit === '' ? 1 : 1_000)
}

const TYPES: readonly (readonly [RegExp, InterfaceType])[] = [
  [/^lo\d/, 'loopback'],
  [/^bridge\d/, 'bridge'],
  [/^bond\d/, 'bond'],
  [/^vlan\d/, 'vlan'],
  [/^(utun|gif|stf|ipsec|ppp)\d/, 'tunnel'],
  [/^(awdl|llw|ap|anpi|vmenet|vmnet|feth)\d/, 'virtual'],
]

function typeOf(name: string, port: string | undefined): InterfaceType {
  const byName = TYPES.find(([pattern]) => pattern.test(name))?.[1]
  if (byName !== undefined) return byName
  if (port === undefined) return 'other'
  if (/wi-?fi|airport/i.test(port)) return 'wifi'
  if (/bluetooth/i.test(port)) return 'bluetooth'
  if (/iphone|ipad|cellular/i.test(port)) return 'cellular'
  return 'ethernet'
}

function addressRow(line: string, name: string): NetRow | null {
  const [, version, written, rest = ''] = /^inet(6?) ([0-9a-fA-F.:%\w]{2,64})(.*)$/.exec(line) ?? []
  const address = written?.replace(/%.*$/, '')
  const family = familyOf(address)
  if (address === undefined || family === undefined || family !== (version === '6' ? 'ipv6' : 'ipv4')) return null
  const mask = / netmask (0x[0-9a-fA-F]{8})/.exec(rest)?.[1]
  const words = rest.split(/\s+/)
  const scope = scopeOf(address)
  return knownFields<NetRow>({
    part: 'address',
    interface: name,
    family,
    address,
    prefixLength: mask === undefined ? wholeNumber(/ prefixlen (\d{1,3})/.exec(rest)?.[1]) : prefixLengthOfMask(mask),
    scope,
    origin: originOf(scope, words),
    temporary: words.includes('temporary') ? true : undefined,
    addressState: stateOf(words),
    source: 'ifconfig -a',
  })
}

function scopeOf(address: string): NonNullable<NetRow['scope']> {
  if (address === '::1' || address.startsWith('127.')) return 'host'
  return /^(fe[89ab]|169\.254\.)/i.test(address) ? 'link' : 'global'
}

function originOf(scope: NonNullable<NetRow['scope']>, words: readonly string[]): NetRow['origin'] {
  if (scope === 'host') return 'wellKnown'
  if (scope === 'link') return 'linkLocal'
  return words.includes('autoconf') ? 'routerAdvertisement' : words.includes('dynamic') ? 'dhcp' : undefined
}

function stateOf(words: readonly string[]): NetRow['addressState'] {
  if (words.includes('duplicated')) return 'duplicate'
  if (words.includes('tentative')) return 'tentative'
  return words.includes('deprecated') || words.includes('detached') ? 'deprecated' : 'preferred'
}

/** Names of the hardware ports by interface out of `networksetup -listallhardwareports`. */
export function parseHardwarePorts(text: string): ReadonlyMap<string, string> {
  const ports = new Map<string, string>()
  let port: string | undefined
  for (const line of text.split('\n')) {
    port = lineOf(/^Hardware Port: (.+)$/.exec(line.trim())?.[1], 256) ?? port
    const device = lineOf(/^Device: (\S+)$/.exec(line.trim())?.[1], 64)
    if (device !== undefined && port !== undefined) ports.set(device, port)
  }
  return ports
}
