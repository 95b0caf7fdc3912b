import { generateKeyPairSync } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'
import { canonicalJson } from '@askfirst/protocol/canonical.ts'
import {
  checkpointText,
  formatSignedNote,
  parseCheckpointText,
  parseSignedNote,
} from '@askfirst/protocol/checkpoint.ts'
import { decodeEnrolmentCode, encodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { ChunkHeader } from '@askfirst/protocol/frames.ts'
import { CHUNK_HEADER_BYTES, decodeChunkFrame, encodeChunkFrame } from '@askfirst/protocol/frames.ts'
import { makeId } from '@askfirst/protocol/ids.ts'
import { jsonBoundsProblem } from '@askfirst/protocol/json-bounds.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { matchCode } from '@askfirst/protocol/match-code.ts'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import type { Parsed } from '@askfirst/protocol/parse-message.ts'
import { parseAgentMessage, parseServerMessage } from '@askfirst/protocol/parse-message.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import { LogSigner, verifyCheckpoint, verifyNote } from '@askfirst/server/ca/log-signer.ts'
import { DeviceCollectors } from '@askfirst/server/consent/device-collectors.ts'
import { paramsProblem, safeParamsSchema } from '@askfirst/server/consent/safe-params-schema.ts'
import { decodeBody } from '@askfirst/server/indexing/decode-body.ts'
import { BlockBuilder } from '@askfirst/server/store/row-blocks/block-builder.ts'
import fc from 'fast-check'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { completeness, ECHO_COLLECTOR, helloMessage, scriptedId } from '../support/scripted-agent.ts'

/** The same cases in every run: what fails here fails everywhere. */
const runs = (numRuns: number) => ({ numRuns, seed: 20_261_122 })
const hex = fc.uint8Array({ minLength: 32, maxLength: 32 })

describe('the frame of a chunk', () => {
  const header = fc.record({
    seq: fc.nat({ max: LIMITS.maxChunksPerRun - 1 }),
    firstRow: fc.nat({ max: 0xffff_ffff - LIMITS.maxChunkRows }),
    rows: fc.integer({ min: 1, max: LIMITS.maxChunkRows }),
    rawBytes: fc.integer({ min: 2, max: LIMITS.maxChunkRawBytes }),
    sha256: hex,
  })
  const id = fc
    .tuple(fc.nat({ max: 2 ** 40 }), fc.uint8Array({ minLength: 10, maxLength: 10 }))
    .map(([time, random]) => makeId('run', time, random))
  const body = fc.uint8Array({ maxLength: 2_000 })

  it('[W10] is read as it was written', () => {
    fc.assert(
      fc.property(header, id, body, (fields, runId, bytes) => {
        const whole: ChunkHeader = { ...fields, runId, bodyBytes: bytes.length }
        const read = decodeChunkFrame(encodeChunkFrame(whole, bytes))
        expect(read).toEqual({ header: whole, body: bytes })
      }),
      runs(300),
    )
  })

  it('[W10] is refused or read, and never throws, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(decodeChunkFrame(bytes)).toHaveProperty('reason')
        const begun = Buffer.concat([Buffer.from('AFC1'), bytes])
        const read = decodeChunkFrame(begun)
        if ('header' in read) expect(encodeChunkFrame(read.header, read.body)).toEqual(new Uint8Array(begun))
      }),
      runs(1_000),
    )
  })

  it('[W10] has no byte in its header that could be other without being another header or refused', () => {
    fc.assert(
      fc.property(
        header,
        id,
        fc.nat({ max: CHUNK_HEADER_BYTES - 1 }),
        fc.integer({ min: 1, max: 255 }),
        (fields, runId, at, flip) => {
          const frame = encodeChunkFrame({ ...fields, runId, bodyBytes: 5 }, new Uint8Array(5))
          const before = decodeChunkFrame(frame)
          const after = decodeChunkFrame(frame.with(at, (frame[at] ?? 0) ^ flip))
          if ('header' in after) expect(after).not.toEqual(before)
        },
      ),
      runs(1_000),
    )
  })
})

describe('a text frame', () => {
  const samples = [
    helloMessage(),
    { type: 'agent.catalogue', catalogue: [ECHO_COLLECTOR] },
    { type: 'run.end', runId: scriptedId('run'), completeness: completeness({ rows: 3, sources: [] }) },
    {
      type: 'run.start',
      runId: scriptedId('run'),
      grantId: scriptedId('gra'),
      ticketId: scriptedId('tkt'),
      technicianId: scriptedId('usr'),
      collector: 'disk.space',
      params: {},
    },
    { type: 'chunk.ack', runId: scriptedId('run'), nextSeq: 1, creditBytes: 5 },
    { type: 'link.ping', nonce: 1 },
  ]
  const names = MESSAGES.map(({ type }) => type)

  /** What was let through is what its schema says, checked here by another way than the product's compiled one. */
  function holds(parsed: Parsed<unknown>, from: 'agent' | 'server'): void {
    if (parsed.kind !== 'message') return
    const { message } = parsed
    const type = (message as { readonly type: string }).type
    const definition = MESSAGES.find((candidate) => candidate.type === type)
    expect(definition?.from).toBe(from)
    expect(definition !== undefined && Value.Check(definition.schema, message)).toBe(true)
    expect(jsonBoundsProblem(message)).toBeNull()
  }

  const both = (text: string) => {
    holds(parseAgentMessage(text), 'agent')
    holds(parseServerMessage(text), 'server')
  }

  it('[W4] never throws and lets through only what its schema says, whatever the text is', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), both), runs(500))
    fc.assert(fc.property(fc.json(), both), runs(500))
    const typed = fc.record({
      type: fc.constantFrom(...names, 'x.y', '__proto__'),
      rest: fc.dictionary(fc.string(), fc.jsonValue()),
    })
    fc.assert(
      fc.property(typed, ({ type, rest }) => both(JSON.stringify({ ...rest, type }))),
      runs(1_000),
    )
  })

  it('[W4] holds for true messages with one member changed, taken out or added anywhere', () => {
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(null, -1, 1.5, 2 ** 60, '', '\u0000', '\ud800', 'x'.repeat(70_000), [], {}),
    )
    const place = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.constantFrom(...samples), place, fc.option(values, { nil: undefined }), (sample, path, value) => {
        both(JSON.stringify(changedAt(structuredClone(sample), path, value)))
      }),
      runs(2_000),
    )
    for (const sample of samples) both(JSON.stringify(sample))
  })

  it('[W6] is refused when a command has a field too many, and taken when a report has one', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20 }).filter((key) => !RESERVED.has(key)),
        fc.jsonValue({ maxDepth: 2 }),
        (key, value) => {
          const command = JSON.stringify({
            [key]: value,
            type: 'chunk.ack',
            runId: scriptedId('run'),
            nextSeq: 1,
            creditBytes: 5,
          })
          const report = JSON.stringify({ [key]: value, type: 'link.ping', nonce: 1 })
          expect(parseServerMessage(command).kind).toBe('invalid')
          if (jsonBoundsProblem(value) === null && key.isWellFormed())
            expect(parseAgentMessage(report).kind).toBe('message')
        },
      ),
      runs(300),
    )
  })
})

const RESERVED = new Set(['type', 'runId', 'nextSeq', 'creditBytes', 'nonce', '__proto__', 'constructor', 'prototype'])

describe('an enrolment code', () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/)
  const host = fc.oneof(
    fc.array(label, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('.')),
    fc.ipV4(),
  )
  const code = fc.record({
    host,
    port: fc.integer({ min: 1, max: 65_535 }),
    authoritySha256: hex,
    token: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  })

  it('[H2] is read as it was written, also when people copied it with blanks, dashes and capitals', () => {
    fc.assert(
      fc.property(code, fc.nat(), (fields, at) => {
        const text = encodeEnrolmentCode(fields)
        expect(text).toMatch(/^af1[0-9a-hjkmnp-tv-z]+$/)
        expect(decodeEnrolmentCode(text)).toEqual(fields)
        const cut = at % text.length
        expect(decodeEnrolmentCode(` ${text.slice(0, cut)}-\n ${text.slice(cut).toUpperCase()} `)).toEqual(fields)
        expect(decodeEnrolmentCode(text.replaceAll('0', 'o').replaceAll('1', 'l'))).toEqual(fields)
      }),
      runs(300),
    )
  })

  it('[H2] is refused with one letter changed, lost or doubled, and never throws on any text', () => {
    fc.assert(
      fc.property(code, fc.nat(), fc.constantFrom(...'0123456789abcdefghjkmnpqrstvwxyz'), (fields, place, letter) => {
        const text = encodeEnrolmentCode(fields)
        const at = place % text.length
        const wrong = [text.slice(0, at) + text.slice(at + 1), text.slice(0, at) + letter + text.slice(at)]
        if (text[at] !== letter) wrong.push(text.slice(0, at) + letter + text.slice(at + 1))
        for (const mistyped of wrong) expect(decodeEnrolmentCode(mistyped)).toHaveProperty('problem')
      }),
      runs(500),
    )
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        expect(decodeEnrolmentCode(text)).toHaveProperty('problem')
        expect(decodeEnrolmentCode(`af1${text}`)).toHaveProperty('problem')
      }),
      runs(500),
    )
  })
})

describe('canonical JSON', () => {
  /** RFC 8785, appendix B: bits of an IEEE 754 double and its writing. */
  const NUMBERS: readonly (readonly [string, string])[] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ]

  it('[G3] writes the numbers of RFC 8785, appendix B, and refuses those that JSON has not', () => {
    for (const [bits, text] of NUMBERS) expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
    for (const bits of ['7fffffffffffffff', '7ff0000000000000', 'fff0000000000000'])
      expect(() => canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toThrow(TypeError)
  })

  it('[G3] writes the examples of RFC 8785, section 3.2', () => {
    const example = {
      numbers: [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(example)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
    const sorted = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(canonicalJson(sorted)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  it('[G3] is the same for the same value, whatever order it was made in, and reads back to it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = canonicalJson(value)
        const read: unknown = JSON.parse(text)
        expect(canonicalJson(read)).toBe(text)
        expect(canonicalJson(shuffled(value))).toBe(text)
        expect(read).toEqual(JSON.parse(JSON.stringify(value)))
      }),
      runs(1_000),
    )
  })

  it('[G3] differs for values that differ', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isSame(a, b))
      }),
      runs(1_000),
    )
  })

  it('[C4] gives a match code that is four letters without look-alikes and follows from the hash', () => {
    fc.assert(
      fc.property(hex, (digest) => {
        expect(matchCode(digest)).toMatch(/^[2-9A-HJ-NP-Z]{4}$/)
        expect(matchCode(digest)).toBe(matchCode(Uint8Array.from(digest)))
      }),
      runs(300),
    )
  })
})

describe('narrowing of parameters', () => {
  const schema = Type.Object({
    most: Type.Integer({ minimum: 0, default: 5, grant: 'atMost' }),
    mostOpen: Type.Optional(Type.Integer({ grant: 'atMost' })),
    since: Type.Optional(Type.String({ grant: 'atLeast' })),
    kinds: Type.Array(Type.String(), { default: [], grant: 'subset' }),
    kindsOpen: Type.Optional(Type.Array(Type.String(), { grant: 'subset' })),
    deep: Type.Boolean({ default: false, grant: 'onlyIf' }),
    deepOpen: Type.Optional(Type.Boolean({ grant: 'onlyIf' })),
    unit: Type.Optional(Type.String({ grant: 'equal' })),
    plain: Type.Optional(Type.String()),
  })
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
  const words = fc.subarray(['a', 'b', 'c'])
  const params = fc
    .record({
      most: some(fc.nat({ max: 6 })),
      mostOpen: some(fc.nat({ max: 3 })),
      since: some(fc.constantFrom('2026-01-01', '2026-02-01', '2026-03-01')),
      kinds: some(words),
      kindsOpen: some(words),
      deep: some(fc.boolean()),
      deepOpen: some(fc.boolean()),
      unit: some(fc.constantFrom('x', 'y')),
      plain: some(fc.constantFrom('x', 'y')),
    })
    .map((values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)))
  const isWithin = (granted: Record<string, unknown>, ordered: Record<string, unknown>) =>
    firstOutsideGrant(schema, granted, ordered) === null

  it('[C9] lets exactly what was granted be ordered', () => {
    const isReflexive = (granted: Record<string, unknown>) => isWithin(granted, granted)
    fc.assert(fc.property(params, isReflexive), runs(500))
  })

  it('[C9] never widens over several steps', () => {
    let chains = 0
    // A step that changes one parameter is within the one before often enough to say something.
    const step = fc.tuple(fc.constantFrom(...Object.keys(schema.properties)), params)
    fc.assert(
      fc.property(params, step, step, (first, [nameB, b], [nameC, c]) => {
        const second = replaced(first, nameB, b)
        const third = replaced(second, nameC, c)
        if (!isWithin(first, second) || !isWithin(second, third)) return
        chains += 1
        expect(isWithin(first, third)).toBe(true)
      }),
      runs(5_000),
    )
    expect(chains).toBeGreaterThan(500)
  })

  it('[C9] refuses a parameter that the schema has not, whatever its name', () => {
    fc.assert(
      fc.property(params, fc.string({ minLength: 1 }), (granted, name) => {
        fc.pre(!Object.hasOwn(schema.properties, name))
        const ordered = Object.defineProperty({ ...granted }, name, { value: 1, enumerable: true })
        expect(firstOutsideGrant(schema, granted, ordered)).toBe(name)
      }),
      runs(300),
    )
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const ordered = JSON.parse(`{"${name}":1}`) as Record<string, unknown>
      expect(firstOutsideGrant(schema, {}, ordered)).toBe(name)
    }
  })
})

describe('a checkpoint note', () => {
  const signer = new LogSigner('example', generateKeyPairSync('ed25519').privateKey)
  const checkpoint = fc.record({
    origin: fc.stringMatching(/^[\x21-\x7e]{1,60}$/),
    size: fc.nat(),
    headHash: hex.map((bytes) => Buffer.from(bytes).toString('hex')),
  })

  it('[G6] is read as it was signed', () => {
    fc.assert(
      fc.property(checkpoint, (stated) => {
        const note = signer.sign(stated)
        expect(verifyCheckpoint(note, signer.keyName, signer.publicKey)).toEqual(stated)
        expect(parseCheckpointText(checkpointText(stated))).toEqual(stated)
        const parsed = parseSignedNote(note)
        expect(parsed === null ? null : formatSignedNote(parsed)).toBe(note)
      }),
      runs(200),
    )
  })

  it('[G6] never verifies with one character changed, lost or added', () => {
    fc.assert(
      fc.property(
        checkpoint,
        fc.nat(),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
        (stated, place, letter) => {
          const note = signer.sign(stated)
          const at = place % note.length
          const wrong = [note.slice(0, at) + note.slice(at + 1), note.slice(0, at) + letter + note.slice(at)]
          if (note[at] !== letter) wrong.push(note.slice(0, at) + letter + note.slice(at + 1))
          for (const text of wrong) {
            if (text === note) continue
            expect(verifyNote(text, signer.keyName, signer.publicKey)).toBeNull()
          }
        },
      ),
      runs(500),
    )
  })

  it('[G6] never throws on any text and verifies under no other key', () => {
    const other = new LogSigner('example', generateKeyPairSync('ed25519').privateKey)
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), checkpoint, (text, stated) => {
        expect(verifyNote(text, signer.keyName, signer.publicKey)).toBeNull()
        expect(verifyCheckpoint(other.sign(stated), signer.keyName, signer.publicKey)).toBeNull()
      }),
      runs(300),
    )
  })
})

describe('schemas of strangers', () => {
  const keyword = fc.constantFrom(
    'type',
    'required',
    'enum',
    'const',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'additionalProperties',
    'default',
    'grant',
    'pattern',
    '$ref',
    'format',
    'items',
    'anyOf',
    'allOf',
    'not',
    'if',
    '$dynamicRef',
    'patternProperties',
    'uniqueItems',
    'multipleOf',
    '~kind',
    '~unsafe',
    '~guard',
    '~refine',
  )
  const value = fc.oneof(
    fc.constantFrom(
      'string',
      'integer',
      'array',
      'object',
      'boolean',
      '(a+)+$',
      '#',
      'atMost',
      'subset',
      'onlyIf',
      'equal',
      null,
      [],
      {},
      -1,
      0,
      1e308,
      true,
    ),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const node: fc.Memo<unknown> = fc.memo((depth) =>
    depth <= 1
      ? fc.dictionary(keyword, value, { maxKeys: 6 })
      : fc.oneof(
          fc.dictionary(keyword, value, { maxKeys: 6 }),
          fc.record({
            type: fc.constant('object'),
            properties: fc.dictionary(fc.string({ maxLength: 5 }), node(), { maxKeys: 3 }),
          }),
          fc.record({ type: fc.constant('array'), items: node() }),
          fc.record({ anyOf: fc.array(node(), { maxLength: 3 }) }),
        ),
  )
  const announced = fc.record({
    properties: fc.oneof(fc.dictionary(fc.string({ maxLength: 5 }), node(3), { maxKeys: 4 }), value),
    required: value,
  })

  it('[C9] cannot make the server throw anything but an error of its table', () => {
    fc.assert(
      fc.property(
        announced,
        fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 }),
        (schema, params) => {
          const safe = safeParamsSchema(schema as Record<string, unknown>)
          expect(typeof (paramsProblem(safe, params) ?? '')).toBe('string')
          expect(typeof (firstOutsideGrant(safe, params, params) ?? '')).toBe('string')
          const collectors = new DeviceCollectors([{ ...ECHO_COLLECTOR, params: schema as Record<string, unknown> }])
          try {
            collectors.complete(ECHO_COLLECTOR.id, params)
          } catch (error) {
            expect(error).toBeInstanceOf(AskFirstError)
          }
        },
      ),
      runs(2_000),
    )
  })
})

describe('the body of a chunk', () => {
  it('[R12] is read to exactly the rows that were put in, or called a lie', () => {
    const row = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 })
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.nat({ max: 3 }),
        fc.integer({ min: -1, max: 1 }),
        (rows, firstRow, lie) => {
          const lines = rows.map((one) => JSON.stringify(one))
          const raw = Buffer.from(lines.map((line) => `${line}\n`).join(''))
          const chunk = { seq: 0, firstRow, rows: rows.length + lie, rawBytes: raw.length, body: zstdCompressSync(raw) }
          const block = new BlockBuilder()
          block.start()
          const decoded = decodeBody(chunk, { firstRow, collector: 'eventlog.query' }, block)
          if (lie !== 0) expect(decoded).toHaveProperty('lie')
          if ('lie' in decoded) return lie !== 0 || lines.some((line) => line.includes('\\ud'))
          expect(decoded).toEqual(lines.map((line) => JSON.parse(line)))
          expect(block.finish().rows).toBe(lines.length)
          return true
        },
      ),
      runs(300),
    )
  })

  it('[R12] never makes the indexer throw, whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.integer({ min: 1, max: 5 }), (bytes, rows) => {
        for (const body of [bytes, zstdCompressSync(bytes), Buffer.concat([zstdCompressSync(bytes), bytes])]) {
          const chunk = { seq: 0, firstRow: 0, rows, rawBytes: bytes.length, body }
          const decoded = decodeBody(chunk, { firstRow: 0, collector: 'eventlog.query' }, null)
          if (!('lie' in decoded)) expect(decoded).toHaveLength(rows)
        }
      }),
      runs(500),
    )
  })
})

/** Sets, adds or (undefined) takes out the member that the path leads to, as far as it leads. */
function changedAt(root: unknown, path: readonly number[], value: unknown): unknown {
  let holder = root
  for (const [depth, turn] of path.entries()) {
    if (typeof holder !== 'object' || holder === null) return root
    const keys = Object.keys(holder)
    const key = turn === keys.length ? 'added' : (keys[turn % Math.max(1, keys.length)] ?? 'added')
    const record = holder as Record<string, unknown>
    const isLast = depth === path.length - 1 || typeof record[key] !== 'object'
    if (isLast && value === undefined) delete record[key]
    else if (isLast) record[key] = value
    if (isLast) return root
    holder = record[key]
  }
  return root
}

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}

function isSame(a: unknown, b: unknown): boolean {
  try {
    expect(JSON.parse(JSON.stringify(a))).toEqual(JSON.parse(JSON.stringify(b)))
    return true
  } catch {
    return false
  }
}

function replaced(base: Record<string, unknown>, name: string, from: Record<string, unknown>): Record<string, unknown> {
  const { [name]: _old, ...rest } = base
  return name in from ? { ...rest, [name]: from[name] } : rest
}
