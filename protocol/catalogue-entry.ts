import type { Static } from 'typebox'
import { Type } from 'typebox'
import { CollectorId, Count, line } from './fields.ts'

export const PLATFORMS = ['darwin', 'linux', 'win32'] as const
export type Platform = (typeof PLATFORMS)[number]

/** What kind of data a collector may reveal; words of the consent receipt. */
export const DATA_CATEGORIES = [
  'hardware',
  'operating-system',
  'software',
  'processes',
  'services',
  'logs',
  'network',
  'storage',
  'accounts',
  'security',
  'changes',
] as const

/** Bounds that the agent keeps for one run, whatever the order says. */
export const CollectorLimits = Type.Object({
  /** Longest run in ms. */
  timeoutMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
  /** Longest pause between two rows, in ms, while the receiver is ready. */
  noProgressMs: Type.Integer({ minimum: 100, maximum: 600_000 }),
  maxRows: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  /** Most bytes of rows as NDJSON. */
  maxBytes: Type.Integer({ minimum: 1_024, maximum: 268_435_456 }),
})
export type CollectorLimits = Static<typeof CollectorLimits>

const TranslatedParameter = Type.Object({
  /** Absent: said as the parameter's own schema says it. */
  description: Type.Optional(line(200)),
  /** Words of its choices; absent: said as the schema says them. */
  words: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), line(200), { maxProperties: 64 })),
})

/** A collector's words in one language. */
const Translation = Type.Object({
  title: line(120),
  tellUser: line(600),
  notRead: line(600),
  /** By parameter; absent: said as their schemas say them. */
  params: Type.Optional(Type.Record(Type.String({ maxLength: 64 }), TranslatedParameter, { maxProperties: 64 })),
})

/** One collector as the agent announces it. The texts are the agent's own and are shown word for word. */
export const CatalogueEntry = Type.Object({
  id: CollectorId,
  /** Counts up when rows or parameters change their meaning. */
  version: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
  title: line(120),
  tellUser: line(600),
  /** What it does not read, in the same plain words. */
  notRead: line(600),
  categories: Type.Array(Type.Enum([...DATA_CATEGORIES]), { minItems: 1, maxItems: 16 }),
  platforms: Type.Array(Type.Enum([...PLATFORMS]), { minItems: 1, maxItems: 3 }),
  privilege: Type.Enum(['user', 'admin']),
  /** False when this agent cannot run it here: another platform, or switched off by the local policy file. */
  available: Type.Boolean(),
  /** JSON Schema of the parameters, each with its `grant` rule (see within.ts). */
  params: Type.Record(Type.String({ maxLength: 64 }), Type.Unknown()),
  limits: CollectorLimits,
  /** Bytes that a usual run sends, as a hint for people. */
  typicalBytes: Count,
  /** The same texts in other languages, by language; absent: the agent has no others (before version 2). */
  translations: Type.Optional(
    Type.Record(Type.String({ pattern: '^[a-z]{2,3}$' }), Translation, { maxProperties: 16 }),
  ),
})
export type CatalogueEntry = Static<typeof CatalogueEntry>
