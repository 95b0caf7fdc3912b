import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { Type } from 'typebox'
import { defineCollector } from '../runtime/define-collector.ts'

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./disk-space/linux.ts'),
  darwin: () => import('./disk-space/macos.ts'),
  win32: () => import('./disk-space/windows.ts'),
} as const

export const diskSpace = defineCollector({
  id: 'disk.space',
  version: 1,
  title: 'Disk space',
  tellUser:
    'Reads how large and how full each drive is, where it is connected and its name. Network drives, with the names of their servers, only where it says so below.',
  notRead: 'It does not open, list or count your files and folders.',
  categories: ['storage', 'hardware'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** Network drives may hang when their server is gone, and their names say where files are kept. */
      includeNetwork: Type.Boolean({ default: false, grant: 'onlyIf', description: 'Also network drives' }),
    },
    { additionalProperties: false },
  ),
  row: Volume,
  limits: { timeoutMs: 60_000, noProgressMs: 30_000, maxRows: 2_000, maxBytes: 2_097_152 },
  typicalBytes: 3_000,
  prepare: (platform) => code[platform](),
  readsVolumes: true,
  async *collect(ctx, params) {
    switch (ctx.platform) {
      case 'linux':
        return yield* (await code.linux()).linuxVolumes(ctx, params.includeNetwork)
      case 'darwin':
        return yield* (await code.darwin()).macosVolumes(ctx, params.includeNetwork)
      case 'win32':
        return yield* (await code.win32()).windowsVolumes(ctx, params.includeNetwork)
    }
  },
})
