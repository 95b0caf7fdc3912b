import { isIP } from 'node:net'
import { replaceIpAddresses } from './ip-address.ts'
import type { PersonalContext } from './personal-kind.ts'
import { pseudoHostLabel } from './user-name.ts'

const KEPT = new Set(['', 'localhost', 'localhost.localdomain', 'ip6-localhost', '(none)', 'broadcasthost', 'workgroup', 'n/a', '-'])

/** A field that holds one host or domain name: the last label stays, names of one domain keep it in common. */
export function pseudoHostField(value: string, context: PersonalContext): string {
  if (KEPT.has(value.toLowerCase())) return value
  if (isIP(value) !== 0) return replaceIpAddresses(value, context)
  const labels = value.split('.')
  if (labels.length === 1) return pseudoHostLabel(value, context)
  const [first = '', ...domain] = labels
  const last = domain.pop() ?? ''
  const middle = domain.length === 0 ? [] : [pseudoHostLabel(domain.join('.'), context)]
  return [pseudoHostLabel(first, context), ...middle, last].join('.')
}
