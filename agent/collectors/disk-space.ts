import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { Type } from 'typebox'
import { defineCollector } from '../runtime/define-collector.ts'
import { linuxVolumes } from './disk-space/linux.ts'
import { macosVolumes } from './disk-space/macos.ts'
import { windowsVolumes } from './disk-space/windows.ts'

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
  async *collect(ctx, params) {
    switch (ctx.platform) {
      case 'linux':
        return yield* linuxVolumes(ctx, params.includeNetwork)
      case 'darwin':
        return yield* macosVolumes(ctx, params.includeNetwork)
      case 'win32':
        return yield* windowsVolumes(ctx, params.includeNetwork)
    }
  },
})
