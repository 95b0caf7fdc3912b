import { readdirSync, readFileSync } from 'node:fs'
import { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { COLLECTORS, catalogueEntries } from '../../agent/collectors/index.ts'
import { loadCollector } from '../../agent/collectors/load-collector.ts'

type Schema = Readonly<Record<string, unknown>>

const FOLDER = new URL('../../agent/collectors/', import.meta.url)
/** Words that a person who is asked need not know. */
const JARGON =
  /\b(API|PID|DNS|DHCP|CPU|RAM|IP|MAC|daemon|kernel|syslog|journald?|registry|WMI|CIM|PowerShell|JSON|NDJSON|inode|mount|telemetry|metadata|stdout|queries|parse[sd]?|payload|schema|hash|UUID)\b/i

const GRANT_RULES = ['atMost', 'atLeast', 'subset', 'onlyIf', 'equal']

/** A schema as the JSON that it is. */
function plain(schema: unknown): Schema {
  return JSON.parse(JSON.stringify(schema))
}

/** Every string schema inside a schema, with the path to it. */
function strings(schema: Schema, path = ''): { path: string; schema: Schema }[] {
  const here = schema.type === 'string' ? [{ path, schema }] : []
  const nested = Object.entries((schema.properties ?? {}) as Record<string, Schema>).flatMap(([name, one]) =>
    strings(one, `${path}.${name}`),
  )
  const items = schema.items === undefined ? [] : strings(schema.items as Schema, `${path}[]`)
  const choices = ((schema.anyOf ?? []) as Schema[]).flatMap((one, at) => strings(one, `${path}|${at}`))
  return [...here, ...nested, ...items, ...choices]
}

describe('the list of collectors', () => {
  it('names exactly the files of the folder, each once', () => {
    const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'index.ts')
    const declaring = files.filter((name) => readFileSync(new URL(name, FOLDER), 'utf8').includes('defineCollector({'))
    expect(COLLECTORS.map((collector) => `${collector.id.replaceAll('.', '-')}.ts`).toSorted()).toEqual(
      declaring.toSorted(),
    )
    expect(new Set(COLLECTORS.map((collector) => collector.id)).size).toBe(COLLECTORS.length)
  })

  it('is what the collector host can load, one for one', async () => {
    for (const collector of COLLECTORS) expect(await loadCollector(collector.id)).toBe(collector)
    const source = readFileSync(new URL('load-collector.ts', FOLDER), 'utf8')
    expect([...source.matchAll(/^ {2}'([a-z.]+)': async/gm)].map(([, id]) => id)).toEqual(
      COLLECTORS.map(({ id }) => id),
    )
    for (const id of ['nothing.here', 'constructor', '__proto__', '']) expect(await loadCollector(id)).toBe(null)
  })

  it('announces entries that the protocol accepts, also after a way through JSON', () => {
    for (const entry of catalogueEntries(COLLECTORS, 'linux', () => true)) {
      expect(Value.Check(CatalogueEntry, JSON.parse(JSON.stringify(entry))), entry.id).toBe(true)
      expect(entry.available).toBe(true)
    }
  })

  it('announces what the policy switched off, and what belongs to another system, as not available', () => {
    const off = catalogueEntries(COLLECTORS, 'linux', (id) => id !== 'process.list')
    expect(off.filter((entry) => !entry.available).map((entry) => entry.id)).toEqual(['process.list'])
    const foreign = catalogueEntries(
      COLLECTORS.map((collector) => ({ ...collector, platforms: ['darwin'] as const })),
      'win32',
      () => true,
    )
    expect(foreign.every((entry) => !entry.available)).toBe(true)
  })
})

describe.each(COLLECTORS.map((collector) => [collector.id, collector] as const))('%s', (_id, collector) => {
  const params = plain(collector.params)
  const row = plain(collector.row)
  const properties = Object.entries((params.properties ?? {}) as Record<string, Schema>)

  it('has closed parameters, each with a grant rule and a default or optional', () => {
    const required = (params.required ?? []) as string[]
    expect(params.additionalProperties).toBe(false)
    for (const [name, schema] of properties) {
      expect(GRANT_RULES, name).toContain(schema.grant)
      expect('default' in schema || !required.includes(name), name).toBe(true)
    }
  })

  it('[C5] names every parameter, and every choice of its own, in plain words for the person who is asked', () => {
    for (const [name, schema] of properties) {
      const { description } = schema
      expect(description, name).toMatch(/^[A-Z][^:.]{8,79}$/)
      expect(JARGON.exec(String(description))?.[0], name).toBeUndefined()
      if (schema.words === undefined) continue
      const choices = (schema.items as Schema | undefined)?.enum ?? schema.enum
      expect(Object.keys(schema.words as Schema).toSorted(), name).toEqual([...(choices as string[])].toSorted())
      for (const word of Object.values(schema.words as Schema)) expect(JARGON.exec(String(word))?.[0]).toBeUndefined()
    }
  })

  it('accepts its own defaults as parameters, and a grant of them covers an order of them', () => {
    const defaults = Object.fromEntries(
      properties.filter(([, schema]) => 'default' in schema).map(([name, schema]) => [name, schema.default]),
    )
    expect([...Value.Errors(collector.params, defaults)]).toEqual([])
    expect(firstOutsideGrant(collector.params, {}, defaults)).toBe(null)
  })

  it('bounds every text of a row and closes the row', () => {
    expect(row.additionalProperties).toBe(false)
    const found = strings(row)
    expect(found.length).toBeGreaterThan(0)
    for (const { path, schema } of found) {
      const bounded =
        typeof schema.maxLength === 'number' ||
        typeof schema.privacy === 'string' ||
        Array.isArray(schema.enum) ||
        'const' in schema
      expect(bounded, path).toBe(true)
    }
  })

  it('says what it reads and what not in whole plain sentences', () => {
    for (const sentence of [collector.tellUser, collector.notRead]) {
      expect(sentence).toMatch(/^[A-Z].*\.$/)
      expect(sentence.length).toBeLessThanOrEqual(600)
      expect(JARGON.exec(sentence)?.[0]).toBeUndefined()
    }
  })

  it('have the same name on the pages of their rows as on the device', () => {
    const words = readFileSync(new URL('../../server/web/pages/run/words.ts', import.meta.url), 'utf8')
    for (const { id, title } of COLLECTORS) expect(words).toContain(`'${id}': '${title}',`)
  })
})
