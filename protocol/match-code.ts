/** Letters and digits that cannot be mistaken for each other when read out or read on a poor screen. */
const ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'

/**
 * The short code that both sides show, so that a person on the phone can tell that the prompt on the screen is the
 * technician they are talking to (SPEC C4). It is derived from what is asked: a request that differs in one letter
 * has another code.
 *
 * @param requestSha256 SHA-256 of the canonical JSON of the consent request, 32 bytes
 * @returns four characters, e.g. `7KQ2` (20 bits)
 */
export function matchCode(requestSha256: Uint8Array): string {
  const bits = ((requestSha256[0] ?? 0) << 16) | ((requestSha256[1] ?? 0) << 8) | (requestSha256[2] ?? 0)
  let code = ''
  for (let shift = 19; shift >= 4; shift -= 5) code += ALPHABET.charAt((bits >> shift) & 31)
  return code
}
