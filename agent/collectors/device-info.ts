import type { DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import { DEVICE_SECTIONS, DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { Type } from 'typebox'
import type { CollectorContext } from '../runtime/collector-context.ts'
import { defineCollector } from '../runtime/define-collector.ts'

/** The groups of facts in words for the person who is asked. */
const SECTION_WORDS: Readonly<Record<DeviceSection, string>> = {
  system: 'maker and model',
  operatingSystem: 'operating system',
  firmware: 'start program of the board',
  board: 'board',
  chassis: 'case',
  processor: 'processor',
  memory: 'memory',
  graphics: 'graphics and screens',
  storage: 'drives',
  network: 'network cards',
  power: 'battery',
  sensors: 'temperatures and fans',
  pci: 'built-in devices',
  usb: 'plugged-in devices',
  input: 'keyboard and mouse',
  load: 'how busy it is',
  kernel: 'core of the system',
  driver: 'drivers',
  setting: 'system settings',
  locale: 'language and time zone',
  security: 'protection of the system',
  virtualisation: 'whether it is a virtual computer',
}

/** The code for each system: the agent's own process only declares, and a host loads what its system needs. */
const code = {
  linux: () => import('./device-info/linux.ts'),
  darwin: () => import('./device-info/macos.ts'),
  win32: () => import('./device-info/windows.ts'),
} as const

export const deviceInfo = defineCollector({
  id: 'device.info',
  version: 1,
  title: 'This computer',
  tellUser:
    'Reads what this computer is: maker and model, operating system, processor, memory, drives, connected devices and their drivers, temperatures, how busy it is, and system settings. Where the system lets it, also serial numbers.',
  notRead: 'It does not read your files, your accounts, which programs you use, or anything that you typed.',
  categories: ['hardware', 'operating-system', 'security'],
  platforms: ['darwin', 'linux', 'win32'],
  privilege: 'user',
  params: Type.Object(
    {
      /** Groups of facts; empty means all. */
      sections: Type.Array(Type.Enum([...DEVICE_SECTIONS]), {
        maxItems: DEVICE_SECTIONS.length,
        uniqueItems: true,
        default: [],
        grant: 'subset',
        description: 'Groups of facts',
        words: SECTION_WORDS,
      }),
    },
    { additionalProperties: false },
  ),
  row: DeviceFact,
  limits: { timeoutMs: 120_000, noProgressMs: 60_000, maxRows: 50_000, maxBytes: 16_777_216 },
  typicalBytes: 800_000,
  prepare: (platform) => code[platform](),
  collect: (ctx, params) => deviceOf(ctx, new Set(params.sections.length === 0 ? DEVICE_SECTIONS : params.sections)),
})

async function* deviceOf(
  ctx: CollectorContext,
  wanted: ReadonlySet<DeviceSection>,
): AsyncGenerator<DeviceFact, void, undefined> {
  switch (ctx.platform) {
    case 'linux':
      return yield* (await code.linux()).linuxDevice(ctx, wanted)
    case 'darwin':
      return yield* (await code.darwin()).macosDevice(ctx, wanted)
    case 'win32':
      return yield* (await code.win32()).windowsDevice(ctx, wanted)
  }
}
