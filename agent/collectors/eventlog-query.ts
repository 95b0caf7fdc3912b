import type { EventLevel } from '@askfirst/protocol/results/eventlog-query.ts'
import { EVENT_LEVELS, EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { Type } from 'typebox'
import { defineCollector } from '../runtime/define-collector.ts'
import { eventRows } from './eventlog-query/merge-sources.ts'
import { DEFAULT_CHANNELS, EVENT_CHANNELS } from './eventlog-query/query.ts'

/** An instant as the wire has it; calendar checks follow when it is read. */
const instant = { pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$', maxLength: 24 }

const LEVEL_WORDS: Readonly<Record<EventLevel, string>> = {
  critical: 'critical errors',
  error: 'errors',
  warning: 'warnings',
  information: 'notes about ordinary work',
  verbose: 'notes for developers',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./eventlog-query/linux.ts'),
  darwin: () => import('./eventlog-query/macos.ts'),
  win32: () => import('./eventlog-query/windows.ts'),
} as const

export const eventlogQuery = defineCollector({
  id: 'eventlog.query',
  version: 1,
  title: 'Event log',
  tellUser:
    "Reads what Windows, macOS or Linux and the programs wrote into the system's logs in the time window: errors, warnings and what led to them. Such messages can name programs, files, accounts and addresses, and show when this computer was used.",
  notRead:
    'It does not read records of log-ins and security unless it says so below, nor logs that programs keep in files of their own, nor anything older than the time window.',
  categories: ['logs', 'operating-system', 'software'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'admin',
  params: Type.Object(
    {
      /** Nothing older than so many minutes before the run is read, whatever `from` says. macOS: at most 1440. */
      windowMinutes: Type.Integer({
        minimum: 1,
        maximum: 43_200,
        default: 1_440,
        grant: 'atMost',
        description: 'Goes back at most',
        unit: 'minutes',
      }),
      /** Narrows the window at its start and end. */
      from: Type.Optional(Type.String({ ...instant, grant: 'atLeast', description: 'Earliest time' })),
      to: Type.Optional(Type.String({ ...instant, grant: 'atMost', description: 'Latest time' })),
      levels: Type.Array(Type.Enum([...EVENT_LEVELS]), {
        minItems: 1,
        maxItems: 5,
        default: ['critical', 'error', 'warning'],
        grant: 'subset',
        description: 'Kinds of messages',
        words: LEVEL_WORDS,
      }),
      /** Windows event numbers; empty: all. */
      ids: Type.Array(Type.Integer({ minimum: 0, maximum: 65_535 }), {
        maxItems: 50,
        default: [],
        grant: 'subset',
        description: 'Numbers of Windows messages',
      }),
      /** Event providers, syslog identifiers or units, macOS subsystems or processes; empty: all. */
      providers: Type.Array(Type.String({ pattern: '^[A-Za-z0-9 ._@:/()+-]+$', minLength: 1, maxLength: 128 }), {
        maxItems: 20,
        default: [],
        grant: 'subset',
        description: 'Messages of these programs or parts of the system',
      }),
      /** Logs to read; those of other systems are passed over. */
      channels: Type.Array(Type.Enum([...EVENT_CHANNELS]), {
        minItems: 1,
        maxItems: 8,
        default: [...DEFAULT_CHANNELS],
        grant: 'subset',
        description: 'Logs that are read; those of other systems are passed over',
      }),
      /** Also log-in and security records: the Security log of Windows, `auth` messages on Linux. */
      includeSecurity: Type.Boolean({
        default: false,
        grant: 'onlyIf',
        description: 'Also records of log-ins and security',
      }),
      /** Most rows; the newest are taken. */
      maxRows: Type.Integer({
        minimum: 1,
        maximum: 10_000,
        default: 1_000,
        grant: 'atMost',
        description: 'Most messages that are read, the newest first',
      }),
    },
    { additionalProperties: false },
  ),
  row: EventRow,
  limits: { timeoutMs: 120_000, noProgressMs: 90_000, maxRows: 10_000, maxBytes: 67_108_864 },
  typicalBytes: 300_000,
  prepare: (platform) => code[platform](),
  async *collect(ctx, params) {
    switch (ctx.platform) {
      case 'linux':
        return yield* eventRows(ctx, params, (await code.linux()).linuxSources)
      case 'darwin':
        return yield* eventRows(ctx, params, (await code.darwin()).macosSources)
      case 'win32':
        return yield* eventRows(ctx, params, (await code.win32()).windowsSources)
    }
  },
})
