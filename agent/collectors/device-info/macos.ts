import type { DeviceFact, DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from '../../parsers/device-facts.ts'
import { timeZoneOfLink } from '../../parsers/linux-os.ts'
import { parseSysctl, parseSystemProfiler, SYSCTL_NAMES } from '../../parsers/macos-device.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { trySource } from '../../runtime/try-source.ts'
import { screenFacts } from './screens.ts'

const DATA_TYPES = [
  'SPHardwareDataType',
  'SPSoftwareDataType',
  'SPMemoryDataType',
  'SPDisplaysDataType',
  'SPNVMeDataType',
  'SPSerialATADataType',
  'SPUSBDataType',
  'SPPowerDataType',
] as const

/** Facts out of `sysctl` and `system_profiler`; what both know is taken from `sysctl`, which is faster. */
export async function* macosDevice(
  ctx: CollectorContext,
  wanted: ReadonlySet<DeviceSection>,
): AsyncGenerator<DeviceFact, void, undefined> {
  const seen = new Set<string>()
  for await (const fact of allFacts(ctx, wanted)) {
    const key = `${fact.section} ${fact.item ?? ''} ${fact.name}`
    if (wanted.has(fact.section) && !seen.has(key)) yield fact
    seen.add(key)
  }
}

async function* allFacts(
  ctx: CollectorContext,
  wanted: ReadonlySet<DeviceSection>,
): AsyncGenerator<DeviceFact, void, undefined> {
  // An unknown name makes sysctl end with 1 after it wrote the others.
  const sysctl = await trySource(ctx, () =>
    ctx.commands.text(['/usr/sbin/sysctl'], SYSCTL_NAMES, { okExitCodes: [0, 1] }),
  )
  yield* parseSysctl(sysctl ?? '', ctx.now())
  yield* new FactList('locale', '/etc/localtime').text(
    'timeZone',
    timeZoneOfLink(await ctx.files.link('/etc/localtime')),
  ).rows
  const profile = await trySource(ctx, () =>
    ctx.commands.text(['/usr/sbin/system_profiler'], ['-json', ...DATA_TYPES], {
      timeoutMs: 60_000,
      maxBytes: 16_777_216,
    }),
  )
  yield* parseSystemProfiler(profile ?? '')
  if (wanted.has('graphics')) yield* await screenFacts(ctx)
}
