// biome-ignore lint/style/noRestrictedImports: a pure function of its text
import { isIP } from 'node:net'

export type Family = 'ipv4' | 'ipv6'

/** Family of an address without prefix length; an IPv6 zone such as `%en0` may follow. Undefined for other text. */
export function familyOf(address: string | undefined): Family | undefined {
  const version = isIP(address ?? '')
  return version === 4 ? 'ipv4' : version === 6 ? 'ipv6' : undefined
}

/** An IPv6 address out of 32 hexadecimal digits, with the longest run of zeros shortened (RFC 5952). */
export function ipv6OfHex(hex: string): string | undefined {
  if (!/^[0-9a-f]{32}$/i.test(hex)) return undefined
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16))
  const run = longestZeroRun(groups)
  if (run.length < 2) return groups.join(':')
  return `${groups.slice(0, run.start).join(':')}::${groups.slice(run.start + run.length).join(':')}`
}

function longestZeroRun(groups: readonly string[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === '0') length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}

/** An IPv4 address out of the little-endian hexadecimal form of `/proc/net/route`. */
export function ipv4OfLittleEndianHex(hex: string): string | undefined {
  if (!/^[0-9a-f]{8}$/i.test(hex)) return undefined
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.')
}

/** Prefix length of an IPv4 mask written `255.255.255.0` or `0xffffff00`; undefined for what is no mask. */
export function prefixLengthOfMask(mask: string): number | undefined {
  const bits = /^0x[0-9a-f]{8}$/i.test(mask) ? Number.parseInt(mask.slice(2), 16) : dottedBits(mask)
  if (bits === undefined) return undefined
  const ones = bits.toString(2).padStart(32, '0')
  return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : undefined
}

function dottedBits(mask: string): number | undefined {
  if (isIP(mask) !== 4) return undefined
  return mask.split('.').reduce((value, octet) => value * 256 + Number(octet), 0)
}
