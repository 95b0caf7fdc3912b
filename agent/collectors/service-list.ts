import type { ServiceState } from '@askfirst/protocol/results/service-list.ts'
import { SERVICE_STATES, ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { Type } from 'typebox'
import { defineCollector } from '../runtime/define-collector.ts'
import { linuxServices } from './service-list/linux.ts'
import { macosServices } from './service-list/macos.ts'
import { isAskedFor } from './service-list/params.ts'
import { windowsServices } from './service-list/windows.ts'

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
  async *collect(ctx, params) {
    for await (const row of servicesOf[ctx.platform](ctx, params)) {
      if (isAskedFor(row, params)) yield row
    }
  },
})

const servicesOf = { linux: linuxServices, darwin: macosServices, win32: windowsServices } as const
