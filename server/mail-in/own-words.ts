/** How mail programs introduce what they quote; several languages, because people's programs speak theirs. */
const INTRODUCTIONS = [
  /^-{2,} ?(original message|ursprüngliche nachricht|weitergeleitete nachricht|forwarded message) ?-{2,}$/i,
  /^_{20,}$/,
  /^(on|am|le|el|il|op) .{5,200}(wrote|schrieb|a écrit|escribió|ha scritto|schreef)[^\n]{0,200}:$/i,
  /^(from|von): .+$/i,
] as const
/** Such a line alone begins no quotation: the next line must belong to the same block. */
const HEADER = /^(sent|gesendet|date|datum|to|an|subject|betreff): .*$/i

/**
 * What somebody wrote in an answer, without what they quote below and without their signature. Modest on purpose: where
 * it cannot tell, everything stays; a mail of nothing but a quotation stays whole.
 */
export function ownWords(text: string): string {
  const lines = text.split('\n')
  const end = lines.findIndex((line, at) => isIntroduction(line.trim(), lines, at) || line === '-- ' || line === '--')
  const kept = (end === -1 ? lines : lines.slice(0, end)).join('\n')
  const own = withoutLastQuotation(kept).trim()
  return own === '' ? text.trim() : own
}

function isIntroduction(line: string, lines: readonly string[], at: number): boolean {
  // Long introductions are broken into two lines.
  const joined = `${line} ${lines[at + 1]?.trim() ?? ''}`
  return INTRODUCTIONS.some((pattern, which) => {
    if (which === INTRODUCTIONS.length - 1) return pattern.test(line) && HEADER.test(lines[at + 1]?.trim() ?? '')
    return pattern.test(line) || (which === 2 && pattern.test(joined))
  })
}

/** Quoted lines at the end; those in between are answered one by one and stay. */
function withoutLastQuotation(text: string): string {
  const lines = text.split('\n')
  const last = lines.findLastIndex((line) => line.trim() !== '' && !line.startsWith('>'))
  return lines.slice(0, last + 1).join('\n')
}
