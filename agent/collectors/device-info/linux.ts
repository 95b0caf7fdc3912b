import type { DeviceFact, DeviceSection } from '@askfirst/protocol/results/device-info.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import {
  accountLimitFacts,
  diskCounters,
  kernelBuildFacts,
  loadCounterFacts,
  memoryCounterFacts,
  networkCounterFacts,
  systemRangeFacts,
} from './linux-counters.ts'
import { LINUX_DEVICE_READERS } from './linux-devices.ts'
import { driverFacts, inputFacts, loadFacts, memoryFacts, processorFacts } from './linux-kernel.ts'
import { localeFacts, machineFacts, operatingSystemFacts, securityFacts, virtualisationFacts } from './linux-system.ts'

import {
  busFacts,
  memoryTreeFacts,
  moduleParameterFacts,
  networkTreeFacts,
  processorTreeFacts,
  queueFacts,
  settingFacts,
} from './linux-trees.ts'

type Reader = (ctx: CollectorContext) => Promise<readonly DeviceFact[]>

/** Each reader with the sections that its facts may have; in the order of the report. */
const READERS: readonly (readonly [readonly DeviceSection[], Reader])[] = [
  [['system', 'operatingSystem', 'kernel'], operatingSystemFacts],
  [['system', 'firmware', 'board', 'chassis'], machineFacts],
  [['processor'], processorFacts],
  [['processor'], processorTreeFacts],
  [['memory'], memoryFacts],
  [['memory'], memoryTreeFacts],
  [['memory'], memoryCounterFacts],
  ...LINUX_DEVICE_READERS.map(([section, read]) => [[section], read] as const),
  [['storage'], queueFacts],
  [['storage'], diskCounters],
  [['network'], networkTreeFacts],
  [['network'], networkCounterFacts],
  [['system'], busFacts],
  [['system'], systemRangeFacts],
  [['input'], inputFacts],
  [['locale'], localeFacts],
  [['security'], securityFacts],
  [['virtualisation'], virtualisationFacts],
  [['load'], loadFacts],
  [['load'], loadCounterFacts],
  [['kernel'], kernelBuildFacts],
  [['driver'], driverFacts],
  [['driver'], moduleParameterFacts],
  [['setting'], settingFacts],
  [['setting'], accountLimitFacts],
]

/** Facts out of files under `/proc`, `/sys` and `/etc`; no program is started. */
export async function* linuxDevice(
  ctx: CollectorContext,
  wanted: ReadonlySet<DeviceSection>,
): AsyncGenerator<DeviceFact, void, undefined> {
  // Each fact is optional, but where not even this can be read, an empty result would look like a success.
  await ctx.files.readText('/proc/sys/kernel/osrelease')
  for (const [sections, read] of READERS) {
    if (ctx.signal.aborted) return
    if (!sections.some((section) => wanted.has(section))) continue
    for (const fact of await read(ctx)) if (wanted.has(fact.section)) yield fact
  }
}
