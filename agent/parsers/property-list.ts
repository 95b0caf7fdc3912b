/** A value of an XML property list; dates stay text in ISO 8601, data stays its base64 text. */
export type PlistValue = string | number | boolean | readonly PlistValue[] | { readonly [key: string]: PlistValue }

/** Deepest nesting that is read; Apple's own lists stay far below. */
const MAX_DEPTH = 32
const TOKEN = /<(\/?)(\w+)([^<>]*?)(\/?)>|([^<]+)/g

/**
 * Reads an XML property list as `plutil`, `diskutil -plist` and `system_profiler -xml` write it. What is not of that form
 * gives null; it never throws. Comments, the declaration and the document type are passed over; nothing is resolved from
 * outside.
 */
export function parsePropertyList(text: string): PlistValue | null {
  const body = text.replace(/<!--[\s\S]*?-->/g, '').replace(/<[?!][^>]*>/g, '')
  const reader = new Reader(body)
  return reader.start('plist') ? reader.value(0) : null
}

interface Tag {
  readonly name: string
  readonly closing: boolean
  readonly empty: boolean
}

class Reader {
  readonly #tokens: RegExpExecArray[]
  #at = 0

  constructor(text: string) {
    this.#tokens = [...text.matchAll(TOKEN)].filter((token) => token[2] !== undefined || token[0].trim() !== '')
  }

  start(name: string): boolean {
    const tag = this.#tag()
    return tag !== null && tag.name === name && !tag.closing && !tag.empty
  }

  value(depth: number): PlistValue | null {
    const tag = this.#tag()
    if (tag === null || tag.closing || depth > MAX_DEPTH) return null
    if (tag.name === 'dict') return tag.empty ? {} : this.#dict(depth)
    if (tag.name === 'array') return tag.empty ? [] : this.#array(depth)
    if (tag.name === 'true' || tag.name === 'false')
      return tag.empty || this.#text(tag.name) !== null ? tag.name === 'true' : null
    return tag.empty ? '' : scalar(tag.name, this.#text(tag.name))
  }

  #dict(depth: number): PlistValue | null {
    const members: [string, PlistValue][] = []
    for (;;) {
      const tag = this.#tag()
      if (tag === null) return null
      if (tag.closing) return tag.name === 'dict' ? Object.fromEntries(members) : null
      const member = this.#member(tag, depth)
      if (member === null) return null
      members.push(member)
    }
  }

  #member(tag: Tag, depth: number): [string, PlistValue] | null {
    if (tag.name !== 'key') return null
    const key = tag.empty ? '' : this.#text('key')
    const value = key === null ? null : this.value(depth + 1)
    return key === null || value === null ? null : [key, value]
  }

  #array(depth: number): PlistValue | null {
    const members: PlistValue[] = []
    for (;;) {
      if (this.#isEndOf('array')) return members
      const value = this.value(depth + 1)
      if (value === null) return null
      members.push(value)
    }
  }

  #isEndOf(name: string): boolean {
    const token = this.#tokens[this.#at]
    const ends = token?.[1] === '/' && token[2] === name
    if (ends) this.#at += 1
    return ends
  }

  #tag(): Tag | null {
    const token = this.#tokens[this.#at]
    if (token?.[2] === undefined) return null
    this.#at += 1
    return { name: token[2], closing: token[1] === '/', empty: token[4] === '/' }
  }

  /** Text up to the closing tag, or null when another tag comes first. */
  #text(name: string): string | null {
    const token = this.#tokens[this.#at]
    const isText = token !== undefined && token[2] === undefined
    if (isText) this.#at += 1
    return this.#isEndOf(name) ? unescapeXml(isText ? token[0] : '') : null
  }
}

function scalar(name: string, text: string | null): PlistValue | null {
  if (text === null) return null
  if (name === 'integer' || name === 'real') {
    const number = Number(text.trim())
    return Number.isFinite(number) ? number : null
  }
  return ['string', 'date', 'data'].includes(name) ? text : null
}

const NAMED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w{2,4}));/g, (whole, decimal, hex, name) => {
    if (name !== undefined) return NAMED[String(name)] ?? whole
    const code = decimal === undefined ? Number.parseInt(String(hex), 16) : Number(decimal)
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole
  })
}
