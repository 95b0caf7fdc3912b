import { createHmac } from 'node:crypto'

/** Letters of pseudonyms: none is a hexadecimal digit, so that a pseudonym is never taken for an address. */
const LETTERS = 'ghjkmnpqrstvwxyz'
/** Most pseudonyms that are remembered; beyond it they are computed again, with the same result. */
const MAX_REMEMBERED = 20_000

/**
 * Stable pseudonyms of one ticket: HMAC-SHA256 under the ticket's key, which stays on the device. The same value gets
 * the same pseudonym in every run of the ticket, and another one in every other ticket.
 */
export class Pseudonyms {
  readonly #key: Uint8Array
  readonly #remembered = new Map<string, string>()

  constructor(key: Uint8Array) {
    this.#key = key
  }

  /** Letters for a value of some kind; `length` of them carry 4 bits each. */
  letters(kind: string, value: string, length: number): string {
    const name = `${kind}\0${length}\0${value}`
    const known = this.#remembered.get(name)
    if (known !== undefined) return known
    const letters = toLetters(createHmac('sha256', this.#key).update(name).digest(), length)
    if (this.#remembered.size >= MAX_REMEMBERED) this.#remembered.clear()
    this.#remembered.set(name, letters)
    return letters
  }
}

function toLetters(digest: Uint8Array, length: number): string {
  let letters = ''
  for (const byte of digest) letters += LETTERS.charAt(byte >> 4) + LETTERS.charAt(byte & 15)
  return letters.slice(0, length)
}

/** Matches what `letters` gives. */
export const LETTER_CLASS = `[${LETTERS}]`

const L = LETTER_CLASS
const PSEUDONYM = new RegExp(
  `^(?:(?:user|host|serial|mail)-${L}{8}|mac-${L}{12}|(?:private10|private172|private192|shared100|public)-${L}{6}\\.(?:${L}{4}|\\d{1,3})|linklocal6-${L}{8}|(?:private6|public6)-${L}{8}\\.${L}{8})$`,
)

/** Whether a text is, as a whole, a pseudonym that this redaction wrote. */
export function isPseudonym(text: string): boolean {
  return PSEUDONYM.test(text)
}
