import type { ChangeKind } from '@askfirst/protocol/results/change-recent.ts'
import { CHANGE_KINDS, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { Type } from 'typebox'
import type { CollectorContext } from '../runtime/collector-context.ts'
import { MoreThanAllowed } from '../runtime/collector-context.ts'
import { defineCollector } from '../runtime/define-collector.ts'
import type { ChangeWindow } from './change-recent/window.ts'
import { newestChanges } from './change-recent/window.ts'

const KIND_WORDS: Readonly<Record<ChangeKind, string>> = {
  installed: 'programs that were installed',
  updated: 'programs that were updated',
  downgraded: 'programs that went back to an older version',
  removed: 'programs that were removed',
  driver: 'drivers',
  service: 'services',
  osUpdate: 'updates of the system',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./change-recent/linux.ts'),
  darwin: () => import('./change-recent/macos.ts'),
  win32: () => import('./change-recent/windows.ts'),
} as const

export const changeRecent = defineCollector({
  id: 'change.recent',
  version: 1,
  title: 'Recent changes',
  tellUser:
    'Lists what was installed, updated or removed in the last days: programs, updates, drivers and services, with versions and times, and, where the system wrote it down, who did it and with which command.',
  notRead:
    'It does not read your documents, the settings of programs, or anything older than the days that are asked for.',
  categories: ['changes', 'software', 'accounts'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** Changes of so many days up to now. */
      days: Type.Integer({
        minimum: 1,
        maximum: 60,
        default: 30,
        grant: 'atMost',
        description: 'Goes back at most',
        unit: 'days',
      }),
      kinds: Type.Array(Type.Enum([...CHANGE_KINDS]), {
        minItems: 1,
        maxItems: CHANGE_KINDS.length,
        default: [...CHANGE_KINDS],
        grant: 'subset',
        description: 'Kinds of changes',
        words: KIND_WORDS,
      }),
      /** Most rows; the newest are taken. */
      maxRows: Type.Integer({
        minimum: 1,
        maximum: 5_000,
        default: 1_000,
        grant: 'atMost',
        description: 'Most changes that are listed, the newest first',
      }),
    },
    { additionalProperties: false },
  ),
  row: ChangeRow,
  limits: { timeoutMs: 90_000, noProgressMs: 60_000, maxRows: 5_000, maxBytes: 16_777_216 },
  typicalBytes: 100_000,
  prepare: (platform) => code[platform](),
  async *collect(ctx, params) {
    const toMs = ctx.now().getTime()
    const window = { fromMs: toMs - params.days * 86_400_000, toMs, kinds: new Set(params.kinds) }
    const rows = await newestChanges(changesOf(ctx, window), window)
    yield* rows.slice(0, params.maxRows)
    if (rows.length > params.maxRows) {
      throw new MoreThanAllowed(`There are ${rows.length} changes; the newest ${params.maxRows} were asked for.`)
    }
  },
})

async function* changesOf(ctx: CollectorContext, window: ChangeWindow): AsyncGenerator<ChangeRow, void, undefined> {
  switch (ctx.platform) {
    case 'linux':
      return yield* (await code.linux()).linuxChanges(ctx, window)
    case 'darwin':
      return yield* (await code.darwin()).macosChanges(ctx)
    case 'win32':
      return yield* (await code.win32()).windowsChanges(ctx, window)
  }
}
