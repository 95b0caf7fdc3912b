/** A whole number from 0 up that a text consists of, or undefined for anything else. */
export function wholeNumber(text: string | null | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  if (!/^\d{1,16}$/.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isSafeInteger(value) ? value : undefined
}

/** As `wholeNumber`, with a sign allowed. */
export function signedNumber(text: string | null | undefined): number | undefined {
  const trimmed = text?.trim() ?? ''
  if (!/^-?\d{1,16}$/.test(trimmed)) return undefined
  const value = Number(trimmed)
  return Number.isSafeInteger(value) ? value : undefined
}

/** A number with a decimal point or, as some languages print it, a decimal comma. */
export function decimalNumber(text: string | null | undefined): number | undefined {
  const trimmed = (text ?? '').trim().replace(',', '.')
  return /^-?\d{1,15}(\.\d{1,15})?$/.test(trimmed) ? Number(trimmed) : undefined
}

/** A number out of parsed JSON: a finite number, or a text that holds a whole one, as PowerShell writes UInt64. */
export function jsonNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return typeof value === 'string' ? signedNumber(value) : undefined
}

/** A whole number from 0 up out of parsed JSON. */
export function jsonCount(value: unknown): number | undefined {
  const number = jsonNumber(value)
  return number !== undefined && Number.isSafeInteger(number) && number >= 0 ? number : undefined
}

/** One line of text out of parsed JSON: no control characters, trimmed, cut at `maxLength`; undefined when empty. */
export function jsonText(value: unknown, maxLength = 1_024): string | undefined {
  return typeof value === 'string' ? lineOf(value, maxLength) : undefined
}

export function jsonFlag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined
}

/** The value as a JSON object with unknown members, or null. */
export function jsonObject(value: unknown): Readonly<Record<string, unknown>> | null {
  // What is an object and not a list has string keys; the values stay unknown.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}

/** The members of a JSON list; a lone object counts as a list of one, as PowerShell 5 writes it; else empty. */
export function jsonList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  return jsonObject(value) === null ? [] : [value]
}

/** Parsed JSON, or undefined for what is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const CONTROL = /[\p{Cc}\u2028\u2029]+/gu

/** Text as one line: control characters become a blank, ends are trimmed, cut at `maxLength`; undefined when empty. */
export function lineOf(text: string | null | undefined, maxLength = 1_024): string | undefined {
  if (text === null || text === undefined) return undefined
  const line = text
    .slice(0, maxLength * 4)
    .replace(CONTROL, ' ')
    .trim()
  return line === '' ? undefined : cutText(line, maxLength)
}

/** Cuts a text without leaving half of a surrogate pair at its end. */
export function cutText(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text
  const last = text.charCodeAt(maxLength - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength)
}

/** An instant as the wire has it, or undefined when the date is none or outside years 1970 to 9999. */
export function instantOf(epochMs: number | undefined): string | undefined {
  if (epochMs === undefined || !(epochMs > 0 && epochMs < 253_402_300_800_000)) return undefined
  return new Date(epochMs).toISOString()
}

/** An instant out of ISO 8601 text such as PowerShell writes with `ToString('o')`. */
export function instantOfText(text: unknown): string | undefined {
  if (typeof text !== 'string' || !/^\d{4}-\d\d-\d\d([T ]|$)/.test(text)) return undefined
  return instantOf(Date.parse(text))
}

/** Rounds to so many decimals. */
export function rounded(value: number, decimals = 1): number {
  // From 2^52 up a number has no decimals, and many times it may be more than a number holds.
  if (Math.abs(value) >= 2 ** 52) return value
  const factor = 10 ** decimals
  return Math.round(value * factor) / factor
}

/** Fields of `Name: value` lines, first value of a name wins. */
export function colonFields(text: string): ReadonlyMap<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split('\n')) {
    const at = line.indexOf(':')
    if (at <= 0) continue
    const name = line.slice(0, at).trim()
    if (!fields.has(name)) fields.set(name, line.slice(at + 1).trim())
  }
  return fields
}
