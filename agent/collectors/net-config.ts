import type { NetPart } from '@askfirst/protocol/results/net-config.ts'
import { NET_PARTS, NetRow } from '@askfirst/protocol/results/net-config.ts'
import { Type } from 'typebox'
import type { CollectorContext } from '../runtime/collector-context.ts'
import { defineCollector } from '../runtime/define-collector.ts'

const PART_WORDS: Readonly<Record<NetPart, string>> = {
  host: 'name of this computer in the network',
  interface: 'network connections',
  address: 'addresses',
  route: 'ways to other networks',
  dns: 'servers that look up names',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./net-config/linux.ts'),
  darwin: () => import('./net-config/macos.ts'),
  win32: () => import('./net-config/windows.ts'),
} as const

export const netConfig = defineCollector({
  id: 'net.config',
  version: 1,
  title: 'Network settings',
  tellUser:
    'Reads how this computer is connected: its network connections with their addresses and speed, which way leads to the internet, and which servers look up names for it. Addresses and the names of networks can show where you are.',
  notRead: 'It does not read what is sent or received, which sites you visit, or passwords of wireless networks.',
  categories: ['network', 'hardware'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** Kinds of rows; empty means all. */
      parts: Type.Array(Type.Enum([...NET_PARTS]), {
        maxItems: NET_PARTS.length,
        uniqueItems: true,
        default: [],
        grant: 'subset',
        description: 'Parts that are read',
        words: PART_WORDS,
      }),
    },
    { additionalProperties: false },
  ),
  row: NetRow,
  limits: { timeoutMs: 60_000, noProgressMs: 30_000, maxRows: 20_000, maxBytes: 8_388_608 },
  typicalBytes: 8_000,
  prepare: (platform) => code[platform](),
  async *collect(ctx, params) {
    for await (const row of networkOf(ctx)) {
      if (params.parts.length === 0 || params.parts.includes(row.part)) yield row
    }
  },
})

async function* networkOf(ctx: CollectorContext): AsyncGenerator<NetRow, void, undefined> {
  switch (ctx.platform) {
    case 'linux':
      return yield* (await code.linux()).linuxNetwork(ctx)
    case 'darwin':
      return yield* (await code.darwin()).macosNetwork(ctx)
    case 'win32':
      return yield* (await code.win32()).windowsNetwork(ctx)
  }
}
