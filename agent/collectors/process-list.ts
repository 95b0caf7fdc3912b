import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { Type } from 'typebox'
import type { ProcessOrder } from '../parsers/rank-processes.ts'
import { PROCESS_ORDERS } from '../parsers/rank-processes.ts'
import { defineCollector } from '../runtime/define-collector.ts'

const ORDER_WORDS: Readonly<Record<ProcessOrder, string>> = {
  cpu: 'those that use the processor most',
  memory: 'those that use the most memory',
  io: 'those that read and write the most',
  started: 'those that started last',
  name: 'by name',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./process-list/linux.ts'),
  darwin: () => import('./process-list/macos.ts'),
  win32: () => import('./process-list/windows.ts'),
} as const

export const processList = defineCollector({
  id: 'process.list',
  version: 1,
  title: 'Running programs',
  tellUser:
    'Lists the programs that run now: name, account, how much of the processor, the memory and the drives each one uses, and since when it runs. With which options each was started, which can name files and addresses, only where it says so below.',
  notRead:
    'It does not read what the programs hold in memory, what you typed into them, or their windows and open files.',
  categories: ['processes', 'accounts'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** Most rows. */
      top: Type.Integer({
        minimum: 1,
        maximum: 500,
        default: 100,
        grant: 'atMost',
        description: 'Most programs that are listed',
      }),
      sort: Type.Enum([...PROCESS_ORDERS], {
        default: 'cpu',
        grant: 'equal',
        description: 'Which come first',
        words: ORDER_WORDS,
      }),
      /** Time over which processor and drive use are measured, in ms; 0 gives only totals since each start. */
      sampleMs: Type.Integer({
        minimum: 0,
        maximum: 10_000,
        default: 1_000,
        grant: 'atMost',
        description: 'Time over which their use is measured',
        unit: 'ms',
      }),
      commandLine: Type.Boolean({
        default: false,
        grant: 'onlyIf',
        description: 'Also with which options each was started',
      }),
    },
    { additionalProperties: false },
  ),
  row: ProcessRow,
  limits: { timeoutMs: 60_000, noProgressMs: 30_000, maxRows: 500, maxBytes: 8_388_608 },
  typicalBytes: 30_000,
  prepare: (platform) => code[platform](),
  async *collect(ctx, params) {
    switch (ctx.platform) {
      case 'linux':
        return yield* (await code.linux()).linuxProcesses(ctx, params)
      case 'darwin':
        return yield* (await code.darwin()).macosProcesses(ctx, params)
      case 'win32':
        return yield* (await code.win32()).windowsProcesses(ctx, params)
    }
  },
})
