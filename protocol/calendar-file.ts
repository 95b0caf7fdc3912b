/** One appointment as a calendar file says it. */
export interface CalendarEvent {
  /** The same for ever for the same appointment, so that a later file changes the entry instead of adding one. */
  readonly uid: string
  /** Counts up with each change. */
  readonly sequence: number
  /** When this file was made, and the two ends; instants in UTC. */
  readonly stampedAt: string
  readonly from: string
  readonly until: string
  readonly summary: string
  readonly description?: string | undefined
  readonly location?: string | undefined
  readonly isCancelled: boolean
  /** Who invites; with an e-mail address the file says that it is published by them. */
  readonly organiser?: { readonly name: string; readonly email: string } | undefined
}

/** Longest content line in bytes of UTF-8, its end apart (RFC 5545 section 3.1). */
const MAX_LINE_BYTES = 75

/**
 * A calendar file of one appointment (RFC 5545). A method needs an organiser with an address (RFC 5546 section 3.2.1);
 * without one it is a plain calendar, which programs import just as well.
 */
export function calendarFile(event: CalendarEvent): string {
  const { organiser, description, location } = event
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//AskFirst//AskFirst//EN',
    ...(organiser === undefined ? [] : [`METHOD:${event.isCancelled ? 'CANCEL' : 'PUBLISH'}`]),
    'BEGIN:VEVENT',
    `UID:${escaped(event.uid)}`,
    `SEQUENCE:${event.sequence}`,
    `DTSTAMP:${utc(event.stampedAt)}`,
    `DTSTART:${utc(event.from)}`,
    `DTEND:${utc(event.until)}`,
    `SUMMARY:${escaped(event.summary)}`,
    ...(description === undefined ? [] : [`DESCRIPTION:${escaped(description)}`]),
    ...(location === undefined ? [] : [`LOCATION:${escaped(location)}`]),
    ...(organiser === undefined
      ? []
      : [`ORGANIZER;CN=${parameter(organiser.name)}:mailto:${address(organiser.email)}`]),
    `STATUS:${event.isCancelled ? 'CANCELLED' : 'CONFIRMED'}`,
    'END:VEVENT',
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

/** An instant as date with UTC time (RFC 5545 section 3.3.5, form 2), in whole seconds. */
function utc(instant: string): string {
  return `${instant.slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}

/** A text value (RFC 5545 section 3.3.11); other control characters have no place in one. */
function escaped(text: string): string {
  return withoutControls(text.toWellFormed().replaceAll(/\r\n?/g, '\n'))
    .replaceAll(/[\\;,]/g, (mark) => `\\${mark}`)
    .replaceAll('\n', '\\n')
}

/** A quoted parameter value (RFC 5545 section 3.2); it can hold no quotation mark. */
function parameter(text: string): string {
  return `"${withoutControls(text.toWellFormed()).replaceAll(/["\n]/g, ' ')}"`
}

/** An address as part of a URI: nothing in it can end the line or begin another value. */
function address(email: string): string {
  return encodeURIComponent(email.toWellFormed()).replaceAll('%40', '@')
}

function withoutControls(text: string): string {
  return [...text].filter((point) => point === '\n' || !isControl(point.codePointAt(0) ?? 0)).join('')
}

function isControl(point: number): boolean {
  return point < 0x20 || (point >= 0x7f && point < 0xa0)
}

/** The line in pieces of at most 75 bytes; each further one begins with a space, and no character is torn. */
function folded(line: string): string {
  const pieces: string[] = []
  let piece = ''
  let bytes = 0
  for (const point of line) {
    const more = utf8Bytes(point.codePointAt(0) ?? 0)
    if (bytes + more > MAX_LINE_BYTES) {
      pieces.push(piece)
      piece = ' '
      bytes = 1
    }
    piece += point
    bytes += more
  }
  return [...pieces, piece].join('\r\n')
}

/** Bytes of a code point in UTF-8 (RFC 3629 section 3). */
function utf8Bytes(point: number): number {
  if (point < 0x80) return 1
  if (point < 0x800) return 2
  return point < 0x10000 ? 3 : 4
}
