/** One piece of an XML text. An element without content gives `open` and `close`. */
export type XmlToken =
  | { readonly kind: 'open'; readonly name: string; readonly attributes: ReadonlyMap<string, string> }
  | { readonly kind: 'close'; readonly name: string }
  | { readonly kind: 'text'; readonly text: string }

/** The text is not the XML that this reader takes. */
export class XmlProblem extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'XmlProblem'
  }
}

const MAX_DEPTH = 32
const MAX_ATTRIBUTES = 64
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const REFERENCE = /&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,8});|&/gi
const NAME = /[\p{L}_][\p{L}\p{N}_.:-]*/uy
const ATTRIBUTE = /\s+([\p{L}_][\p{L}\p{N}_.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/uy
const TAG_END = /\s*(\/?)>/y
const CLOSE_END = /\s*>/y

interface Cursor {
  readonly text: string
  at: number
  /** Names of the open elements. */
  readonly open: string[]
}

/**
 * Reads XML as Windows writes it for events: elements, attributes, text, CDATA, comments, the five named entities and
 * character references. No document type, no other entities, at most 32 levels deep. Namespace prefixes are dropped
 * from element names.
 *
 * @throws XmlProblem at the first thing that it does not take
 */
export function* xmlTokens(text: string): Generator<XmlToken, void, undefined> {
  const cursor: Cursor = { text, at: 0, open: [] }
  while (cursor.at < text.length) {
    const next = text.indexOf('<', cursor.at)
    const end = next === -1 ? text.length : next
    if (end > cursor.at) yield { kind: 'text', text: resolveReferences(text.slice(cursor.at, end)) }
    cursor.at = end
    if (next !== -1) yield* markup(cursor)
  }
  if (cursor.open.length > 0) throw new XmlProblem(`element ${cursor.open.at(-1)} has no end`)
}

function* markup(cursor: Cursor): Generator<XmlToken, void, undefined> {
  const { text, at } = cursor
  if (text.startsWith('<!--', at)) return skipPast(cursor, '-->')
  if (text.startsWith('<?', at)) return skipPast(cursor, '?>')
  if (text.startsWith('<![CDATA[', at)) {
    skipPast(cursor, ']]>')
    return yield { kind: 'text', text: text.slice(at + 9, cursor.at - 3) }
  }
  if (text.startsWith('<!', at)) throw new XmlProblem('document types and declarations are not taken')
  if (text.startsWith('</', at)) return yield closeTag(cursor)
  yield* openTag(cursor)
}

function skipPast(cursor: Cursor, end: string): void {
  const found = cursor.text.indexOf(end, cursor.at)
  if (found === -1) throw new XmlProblem(`no ${end} to the end of the text`)
  cursor.at = found + end.length
}

function closeTag(cursor: Cursor): XmlToken {
  cursor.at += 2
  const name = localName(match(cursor, NAME)[0])
  match(cursor, CLOSE_END)
  if (cursor.open.pop() !== name) throw new XmlProblem(`end of ${name} where another element is open`)
  return { kind: 'close', name }
}

function* openTag(cursor: Cursor): Generator<XmlToken, void, undefined> {
  cursor.at += 1
  const name = localName(match(cursor, NAME)[0])
  const attributes = readAttributes(cursor)
  const isEmpty = match(cursor, TAG_END)[1] === '/'
  if (cursor.open.length >= MAX_DEPTH) throw new XmlProblem(`deeper than ${MAX_DEPTH} elements`)
  yield { kind: 'open', name, attributes }
  if (isEmpty) yield { kind: 'close', name }
  else cursor.open.push(name)
}

function readAttributes(cursor: Cursor): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>()
  for (let found = tryMatch(cursor, ATTRIBUTE); found !== null; found = tryMatch(cursor, ATTRIBUTE)) {
    const [, name = '', quoted, apostrophed] = found
    if (attributes.has(name)) throw new XmlProblem(`attribute ${name} stands twice`)
    if (attributes.size >= MAX_ATTRIBUTES) throw new XmlProblem(`more than ${MAX_ATTRIBUTES} attributes`)
    attributes.set(name, resolveReferences(quoted ?? apostrophed ?? ''))
  }
  return attributes
}

function match(cursor: Cursor, pattern: RegExp): RegExpExecArray {
  const found = tryMatch(cursor, pattern)
  if (found === null) throw new XmlProblem(`markup at ${cursor.at} is not understood`)
  return found
}

function tryMatch(cursor: Cursor, pattern: RegExp): RegExpExecArray | null {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (found !== null) cursor.at = pattern.lastIndex
  return found
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function resolveReferences(text: string): string {
  return text.includes('&') ? text.replace(REFERENCE, (_whole, name?: string) => resolve(name)) : text
}

function resolve(name: string | undefined): string {
  if (name === undefined) throw new XmlProblem('a bare & stands in the text')
  if (name.startsWith('#')) return character(name)
  const named = Object.hasOwn(NAMED, name) ? NAMED[name] : undefined
  if (named === undefined) throw new XmlProblem(`entity ${name} is not known`)
  return named
}

function character(reference: string): string {
  const code = /^#x/i.test(reference) ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1))
  const isCharacter = code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff) && code !== 0
  return isCharacter ? String.fromCodePoint(code) : '\ufffd'
}
