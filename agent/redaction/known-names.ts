import type { PersonalContext } from './personal-kind.ts'
import { pseudoHostLabel, pseudoUser } from './user-name.ts'

const ESCAPED = /[.*+?^${}()|[\]\\/]/g
/** Names of one or two letters would be found in every second word; in typed fields they are replaced all the same. */
const SHORTEST_NAME = 3
/** Words of the pseudonyms themselves, and accounts named after nobody. */
const OWN_WORDS = new Set(['user', 'host', 'mail', 'serial', 'mac', 'public', 'admin', 'test', 'secret'])

interface Known {
  readonly pattern: RegExp
  readonly replace: (name: string) => string
}

/**
 * Finds the machine's own names in free text: host name, accounts, hardware addresses in any spelling and inside other
 * words (`enx001a2b3c4d5e`), addresses with dashes (`dhcp-192-168-1-7`). One pattern for each kind, made once a run.
 */
export function knownNames(context: PersonalContext): (text: string) => string {
  const { hostNames, userNames, macAddresses, ipAddresses } = context.seeds
  const bareMacs = macAddresses.map((mac) => mac.replace(/:/g, ''))
  const dashed = ipAddresses.filter((address) => address.includes('.')).map((address) => address.replace(/\./g, '-'))
  const known = [
    wordPattern(hostNames, (name) => pseudoHostLabel(name, context)),
    wordPattern(userNames, (name) => pseudoUser(name, context)),
    anyPattern(bareMacs, (mac) => inside(mac, 'macAddress', context)),
    anyPattern(dashed, (address) => inside(address, 'ipAddress', context)),
  ].filter((entry) => entry !== null)
  return (text) => known.reduce((result, { pattern, replace }) => result.replace(pattern, replace), text)
}

function wordPattern(names: readonly string[], replace: (name: string) => string): Known | null {
  const usable = names.filter((name) => name.length >= SHORTEST_NAME && !OWN_WORDS.has(name.toLowerCase()))
  if (usable.length === 0) return null
  return { pattern: new RegExp(`(?<![\\p{L}\\d])(?:${alternatives(usable)})(?![\\p{L}\\d])`, 'giu'), replace }
}

function anyPattern(names: readonly string[], replace: (name: string) => string): Known | null {
  return names.length === 0 ? null : { pattern: new RegExp(alternatives(names), 'giu'), replace }
}

/** Longest first: the whole goes before its part. */
function alternatives(names: readonly string[]): string {
  const sorted = [...names].sort((a, b) => b.length - a.length)
  return sorted.map((name) => name.replace(ESCAPED, '\\$&')).join('|')
}

function inside(value: string, kind: 'macAddress' | 'ipAddress', context: PersonalContext): string {
  context.count(kind)
  return context.pseudonyms.letters(kind, value.toLowerCase(), 12)
}
