/** What a checkpoint states: a log of `size` entries ends with the hash `headHash`. */
export interface Checkpoint {
  /** Name of the log: `<server name>/ticket/<ticket id>` or `<server name>/audit`. */
  readonly origin: string
  readonly size: number
  /** Hash of the last entry as 64 hexadecimal digits; 64 zeros for an empty log. */
  readonly headHash: string
}

/** A note with its one signature line, C2SP signed-note form. */
export interface SignedNote {
  /** The signed text, which ends with a line break. */
  readonly text: string
  readonly keyName: string
  /** base64 of the 4-byte key id followed by the signature. */
  readonly signature: string
}

const ORIGIN = /^[\x21-\x7e]{1,300}$/

/**
 * The text that is signed (SPEC G6): origin, size and head hash, one a line.
 *
 * @throws RangeError when a part does not fit its line
 */
export function checkpointText(checkpoint: Checkpoint): string {
  if (!ORIGIN.test(checkpoint.origin))
    throw new RangeError('A checkpoint needs an origin of printable ASCII without blanks')
  if (!Number.isSafeInteger(checkpoint.size) || checkpoint.size < 0)
    throw new RangeError(`${checkpoint.size} is not a log size`)
  if (!/^[0-9a-f]{64}$/.test(checkpoint.headHash)) throw new RangeError('A checkpoint needs a SHA-256 in hexadecimal')
  return `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.headHash}\n`
}

/** Reads a checkpoint's text; null when it is not exactly what `checkpointText` writes. */
export function parseCheckpointText(text: string): Checkpoint | null {
  const match = /^([\x21-\x7e]{1,300})\n(0|[1-9]\d{0,15})\n([0-9a-f]{64})\n$/.exec(text)
  if (match === null) return null
  const [, origin = '', size = '', headHash = ''] = match
  return Number.isSafeInteger(Number(size)) ? { origin, size: Number(size), headHash } : null
}

/** Joins text and signature: the text, an empty line, `— name signature` (C2SP signed-note). */
export function formatSignedNote(note: SignedNote): string {
  return `${note.text}\n\u2014 ${note.keyName} ${note.signature}\n`
}

/** Takes a signed note with one signature apart; null when it has another form. */
export function parseSignedNote(note: string): SignedNote | null {
  const match = /^([^\0]*\n)\n\u2014 ([^\s+]{1,300}) ([A-Za-z0-9+/]+={0,2})\n$/.exec(note)
  if (match === null) return null
  const [, text = '', keyName = '', signature = ''] = match
  return { text, keyName, signature }
}
