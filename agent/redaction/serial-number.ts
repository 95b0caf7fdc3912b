import type { PersonalContext } from './personal-kind.ts'
import { isPseudonym } from './pseudonyms.ts'

/** What makers leave in the place of a serial number. */
const PLACEHOLDER =
  /^(?:to be filled by o\.?e\.?m\.?|default string|not (?:specified|applicable|available|provided)|none|unknown|system serial number|[0.\s-]*|n\/a|x+)$/i

/** A field that holds a serial number or another number of one piece of hardware. */
export function pseudoSerialField(value: string, context: PersonalContext): string {
  if (PLACEHOLDER.test(value.trim()) || isPseudonym(value)) return value
  context.count('serialNumber')
  return `serial-${context.pseudonyms.letters('serial', value.trim().toLowerCase(), 8)}`
}
