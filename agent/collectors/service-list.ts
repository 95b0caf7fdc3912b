import type { ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { SERVICE_STATES, ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { Type } from 'typebox'
import type { CollectorContext } from '../runtime/collector-context.ts'
import { defineCollector } from '../runtime/define-collector.ts'
import type { ServiceParams } from './service-list/params.ts'
import { isAskedFor } from './service-list/params.ts'

const STATE_WORDS: Readonly<Record<ServiceState, string>> = {
  running: 'running',
  starting: 'starting',
  stopping: 'stopping',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  unknown: 'unknown',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./service-list/linux.ts'),
  darwin: () => import('./service-list/macos.ts'),
  win32: () => import('./service-list/windows.ts'),
} as const

export const serviceList = defineCollector({
  id: 'service.list',
  version: 1,
  title: 'Background services',
  tellUser:
    'Lists the services that the system starts by itself: name, whether each one runs or has failed, with which error, when it starts and under which account. With which options each one is started only where it says so below.',
  notRead: 'It does not start, stop or change a service, and does not read what a service works with.',
  categories: ['services', 'software', 'accounts'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** States that are wanted. */
      states: Type.Array(Type.Enum([...SERVICE_STATES]), {
        minItems: 1,
        maxItems: SERVICE_STATES.length,
        default: [...SERVICE_STATES],
        grant: 'subset',
        description: 'Services in these states',
        words: STATE_WORDS,
      }),
      /** Names that are wanted, in any case; empty: all. */
      names: Type.Array(Type.String({ minLength: 1, maxLength: 256 }), {
        maxItems: 50,
        default: [],
        grant: 'subset',
        description: 'Services of these names',
      }),
      commandLine: Type.Boolean({
        default: false,
        grant: 'onlyIf',
        description: 'Also with which options each is started',
      }),
    },
    { additionalProperties: false },
  ),
  row: ServiceRow,
  limits: { timeoutMs: 60_000, noProgressMs: 45_000, maxRows: 5_000, maxBytes: 16_777_216 },
  typicalBytes: 80_000,
  prepare: (platform) => code[platform](),
  async *collect(ctx, params) {
    for await (const row of servicesOf(ctx, params)) {
      if (isAskedFor(row, params)) yield row
    }
  },
})

async function* servicesOf(ctx: CollectorContext, params: ServiceParams): AsyncGenerator<ServiceRow, void, undefined> {
  switch (ctx.platform) {
    case 'linux':
      return yield* (await code.linux()).linuxServices(ctx, params)
    case 'darwin':
      return yield* (await code.darwin()).macosServices(ctx, params)
    case 'win32':
      return yield* (await code.win32()).windowsServices(ctx, params)
  }
}
