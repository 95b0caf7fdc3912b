import { isIP } from 'node:net'
import { replaceIpAddresses } from './ip-address.ts'
import type { PersonalContext } from './personal-kind.ts'
import { isPseudonym } from './pseudonyms.ts'
import { pseudoHostLabel } from './user-name.ts'

const KEPT = new Set([
  '',
  'localhost',
  'localhost.localdomain',
  'ip6-localhost',
  '(none)',
  'broadcasthost',
  'workgroup',
  'n/a',
  '-',
])

/** A field that holds one host or domain name: the last label stays, names of one domain keep it in common. */
export function pseudoHostField(value: string, context: PersonalContext): string {
  if (KEPT.has(value.toLowerCase())) return value
  if (isIP(value) !== 0) return replaceIpAddresses(value, context)
  if (isPseudonym(value)) return value
  const [first = '', ...domain] = value.split('.')
  const last = domain.pop() ?? ''
  // Only what looks like a top-level domain is kept; anything else could be a name.
  if (!/^[a-z]{2,24}$/i.test(last)) return pseudoHostLabel(value, context)
  const middle = domain.length === 0 ? [] : [pseudoHostLabel(domain.join('.'), context)]
  return [pseudoHostLabel(first, context), ...middle, last].join('.')
}
