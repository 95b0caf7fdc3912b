import { isIPv4, isIPv6 } from 'node:net'
import type { PersonalContext } from './personal-kind.ts'

const V4 = /(?<![\w.-])(?<![vV]ersion )\d{1,3}(?:\.\d{1,3}){3}(?![\w-]|\.\d)/g
const V6 = /(?<![\w:.-])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]{1,4})?(?![\w:])/g

/** `a::b` is an address by its form, but in a text it is a name in a program. */
const SCOPE_SIGN = /^[0-9A-Fa-f]{1,2}::[0-9A-Fa-f]{0,4}$/

/**
 * Replaces addresses in a text by pseudonyms that keep what diagnosis needs: the class, and which addresses share a
 * network (/24, /64). They do not look like addresses, so that nobody takes one for a real machine:
 * `192.168.1.7` becomes e.g. `private192-gkmw.pqrs`, `.0` and `.255` stay at the end. Loopback, unspecified, link-local
 * IPv4, group addresses and netmasks name nobody and stay.
 */
export function replaceIpAddresses(text: string, context: PersonalContext): string {
  // IPv6 first: it may end in an IPv4 address.
  const some = text.includes(':') ? text.replace(V6, (address: string) => pseudoV6(address, context)) : text
  return some.includes('.') ? some.replace(V4, (address: string) => pseudoV4(address, context)) : some
}

function pseudoV4(address: string, context: PersonalContext): string {
  if (!isIPv4(address)) return address
  const octets = address.split('.').map(Number)
  const [a = 0, b = 0, c = 0, d = 0] = octets
  if (a === 0 || a === 127 || a >= 224 || (a === 169 && b === 254)) return address
  context.count('ipAddress')
  const network = context.pseudonyms.letters('net4', `${a}.${b}.${c}`, 6)
  const host = d === 0 || d === 255 ? String(d) : context.pseudonyms.letters('host4', address, 4)
  return `${classOfV4(a, b)}-${network}.${host}`
}

function classOfV4(a: number, b: number): string {
  if (a === 10) return 'private10'
  if (a === 172 && b >= 16 && b < 32) return 'private172'
  if (a === 192 && b === 168) return 'private192'
  return a === 100 && b >= 64 && b < 128 ? 'shared100' : 'public'
}

function pseudoV6(address: string, context: PersonalContext): string {
  if (!isIPv6(address) || SCOPE_SIGN.test(address)) return address
  const groups = groupsOf(address)
  const first = Number.parseInt(groups[0] ?? '0', 16)
  if (groups.slice(0, 7).every((group) => group === '0') || first >= 0xff00) return address
  context.count('ipAddress')
  const network = context.pseudonyms.letters('net6', groups.slice(0, 4).join(':'), 8)
  const host = context.pseudonyms.letters('host6', groups.join(':'), 8)
  if (first >= 0xfe80 && first < 0xfec0) return `linklocal6-${host}`
  return `${(first & 0xfe00) === 0xfc00 ? 'private6' : 'public6'}-${network}.${host}`
}

/** The eight groups of a valid address, in lower case without leading zeros. */
function groupsOf(address: string): string[] {
  const [left = '', right] = withoutV4(address).toLowerCase().split('::')
  const head = left === '' ? [] : left.split(':')
  const tail = right === undefined || right === '' ? [] : right.split(':')
  const gap = new Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...gap, ...tail].map((group) => group.replace(/^0+(?=.)/, ''))
}

/** Writes an IPv4 tail (`::ffff:192.0.2.1`) as two groups. */
function withoutV4(address: string): string {
  return address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a: string, b: string, c: string, d: string) => {
    const group = (high: string, low: string) => (Number(high) * 256 + Number(low)).toString(16)
    return `${group(a, b)}:${group(c, d)}`
  })
}
