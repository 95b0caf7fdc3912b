import type { PersonalContext } from './personal-kind.ts'
import { isPseudonym, LETTER_CLASS } from './pseudonyms.ts'

const COLON_OR_DASH = /(?<![0-9A-Za-z:-])[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}(?![0-9A-Za-z:-])/g
const DOTTED = /(?<![0-9A-Za-z.])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![0-9A-Za-z.])/g
const BARE = /^[0-9A-Fa-f]{12}$/
const WHOLE = /^(?:[0-9A-Fa-f]{2}([:-])[0-9A-Fa-f]{2}(?:\1[0-9A-Fa-f]{2}){4}|[0-9A-Fa-f]{4}(?:\.[0-9A-Fa-f]{4}){2})$/
const LOCALLY_ADMINISTERED = 2
const GROUP_ADDRESS = 1
const PSEUDONYM = new RegExp(`^(?:[0-9a-f]{2}[:-]?){1,3}(?:${LETTER_CLASS}{2}[:-]?){3,5}$`)

/**
 * Replaces hardware addresses in a text, in all three spellings. The maker's part (the first three bytes) is kept;
 * addresses drawn by lot keep only their first byte. Group addresses name no machine and stay.
 */
export function replaceMacAddresses(text: string, context: PersonalContext): string {
  if (text.length < 12) return text
  return text
    .replace(COLON_OR_DASH, (address: string, sign: string) => pseudoMac(address, sign, context))
    .replace(DOTTED, (address: string) => pseudoMac(address, '.', context))
}

/** A field that holds one hardware address. */
export function pseudoMacField(value: string, context: PersonalContext): string {
  if (BARE.test(value)) return pseudoMac(value, '', context)
  if (WHOLE.test(value)) return replaceMacAddresses(value, context)
  return value === '' || PSEUDONYM.test(value) || isPseudonym(value) ? value : whole(value, context)
}

/** An address of another length (InfiniBand, FireWire), or something unexpected in its field. */
function whole(value: string, context: PersonalContext): string {
  context.count('macAddress')
  return `mac-${context.pseudonyms.letters('mac', value.toLowerCase(), 12)}`
}

function pseudoMac(address: string, sign: string, context: PersonalContext): string {
  const digits = digitsOf(address)
  if (isGroup(digits) || /^0{12}$/.test(digits)) return address
  const kept = (Number.parseInt(digits.slice(0, 2), 16) & LOCALLY_ADMINISTERED) !== 0 ? 2 : 6
  context.count('macAddress')
  const pseudonym = digits.slice(0, kept) + context.pseudonyms.letters('mac', digits, 12 - kept)
  if (sign === '') return pseudonym
  return (pseudonym.match(sign === '.' ? /.{4}/g : /../g) ?? []).join(sign)
}

function digitsOf(address: string): string {
  return address.replace(/[:.-]/g, '').toLowerCase()
}

function isGroup(digits: string): boolean {
  return BARE.test(digits) && (Number.parseInt(digits.slice(0, 2), 16) & GROUP_ADDRESS) !== 0
}
