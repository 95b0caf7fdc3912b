/** A close frame carries at most 123 bytes of reason (RFC 6455, 5.5); a longer one is cut at a whole character. */
const MAX_REASON_BYTES = 123

/** Cuts a reason to what a close frame may carry. */
export function closeReason(text: string): string {
  if (Buffer.byteLength(text) <= MAX_REASON_BYTES) return text
  const cut = Buffer.from(text).subarray(0, MAX_REASON_BYTES)
  // A character that was cut in two decodes to the replacement character, which is taken off again.
  return cut
    .toString('utf8')
    .replace(/\ufffd+$/, '')
    .slice(0, MAX_REASON_BYTES)
}
