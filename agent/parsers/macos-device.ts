import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { colonFields, jsonCount, jsonList, jsonObject, jsonText, parseJson, wholeNumber } from './values.ts'

type Values = Readonly<Record<string, unknown>>
type Facts = readonly DeviceFact[]

const SOURCE = 'system_profiler'

/** Facts out of `system_profiler -json`; data types that are not known give none. */
export function parseSystemProfiler(text: string): Facts {
  const report = jsonObject(parseJson(text))
  if (report === null) return []
  return Object.entries(READERS).flatMap(([type, read]) =>
    jsonList(report[type]).flatMap((member) => {
      const values = jsonObject(member)
      return values === null ? [] : read(values)
    }),
  )
}

const READERS: Readonly<Record<string, (values: Values) => Facts>> = {
  SPHardwareDataType: hardwareFacts,
  SPSoftwareDataType: softwareFacts,
  SPMemoryDataType: memoryFacts,
  SPDisplaysDataType: graphicsFacts,
  SPNVMeDataType: (values) => driveFacts(values, 'NVMe'),
  SPSerialATADataType: (values) => driveFacts(values, 'SATA'),
  SPUSBDataType: usbFacts,
  SPPowerDataType: powerFacts,
}

function hardwareFacts(values: Values): Facts {
  const cores = /^proc (\d+)(?::(\d+):(\d+))?/.exec(jsonText(values.number_processors) ?? '')
  return [
    ...new FactList('system', SOURCE)
      .text('manufacturer', 'Apple')
      .text('model', jsonText(values.machine_name))
      .text('modelVersion', jsonText(values.machine_model))
      .text('sku', jsonText(values.model_number))
      .personal('serialNumber', 'serialNumber', jsonText(values.serial_number))
      .personal('serialNumber', 'uuid', jsonText(values.platform_UUID)).rows,
    ...new FactList('processor', SOURCE)
      .text('model', jsonText(values.chip_type) ?? jsonText(values.cpu_type))
      .number('cores', wholeNumber(cores?.[1]) ?? jsonCount(values.number_processors), 'count')
      .number('performanceCores', wholeNumber(cores?.[2]), 'count')
      .number('efficiencyCores', wholeNumber(cores?.[3]), 'count')
      .text('clockText', jsonText(values.current_processor_speed)).rows,
    ...new FactList('memory', SOURCE).number('total', sizeOf(values.physical_memory), 'bytes').rows,
    ...new FactList('firmware', SOURCE)
      .text('vendor', 'Apple')
      .text('version', jsonText(values.boot_rom_version))
      .text('loader', jsonText(values.os_loader_version))
      .text('controllerRelease', jsonText(values.SMC_version_system)).rows,
    ...new FactList('security', SOURCE).text(
      'activationLock',
      jsonText(values.activation_lock_status)?.replace('activation_lock_', ''),
    ).rows,
  ]
}

function softwareFacts(values: Values): Facts {
  const [, name, version, build] = /^(.*?) ([\d.]+) \(([0-9A-Za-z]+)\)$/.exec(jsonText(values.os_version) ?? '') ?? []
  const integrity = jsonText(values.system_integrity)
  return [
    ...new FactList('operatingSystem', SOURCE)
      .text('name', name === undefined ? jsonText(values.os_version) : `${name} ${version ?? ''}`)
      .text('version', version)
      .text('build', build).rows,
    ...new FactList('kernel', SOURCE).text('version', jsonText(values.kernel_version)).rows,
    ...new FactList('system', SOURCE)
      .personal('hostName', 'hostName', jsonText(values.local_host_name, 256))
      .text('bootMode', jsonText(values.boot_mode)?.replace('normal_boot', 'normal').replace('safe_boot', 'safe')).rows,
    ...new FactList('security', SOURCE).flag(
      'systemIntegrityProtection',
      integrity === undefined ? undefined : integrity.includes('enabled'),
    ).rows,
  ]
}

function memoryFacts(values: Values): Facts {
  const slots = jsonList(values._items)
  if (slots.length === 0) return slotFacts(values)
  return slots.flatMap((slot) => slotFacts(jsonObject(slot) ?? {}))
}

function slotFacts(values: Values): Facts {
  return new FactList('memory', SOURCE, jsonText(values._name, 128))
    .number('size', sizeOf(values.dimm_size) ?? sizeOf(values.SPMemoryDataType), 'bytes')
    .text('kind', jsonText(values.dimm_type))
    .text('speedText', jsonText(values.dimm_speed))
    .text('manufacturer', jsonText(values.dimm_manufacturer))
    .text('partNumber', jsonText(values.dimm_part_number))
    .text('state', jsonText(values.dimm_status))
    .personal('serialNumber', 'serialNumber', jsonText(values.dimm_serial_number)).rows
}

function graphicsFacts(values: Values): Facts {
  return new FactList('graphics', SOURCE, jsonText(values._name, 128))
    .text('model', jsonText(values.sppci_model))
    .text('vendor', jsonText(values.spdisplays_vendor)?.replace('sppci_vendor_', ''))
    .number('memory', sizeOf(values.spdisplays_vram) ?? sizeOf(values.spdisplays_vram_shared), 'bytes')
    .number('cores', wholeNumber(jsonText(values.sppci_cores)), 'count')
    .text('metal', jsonText(values.spdisplays_mtlgpufamilysupport)?.replace('spdisplays_', '')).rows
}

function driveFacts(values: Values, kind: string): Facts {
  return jsonList(values._items).flatMap((item) => {
    const drive = jsonObject(item)
    if (drive === null) return []
    return new FactList('storage', SOURCE, jsonText(drive.bsd_name, 64) ?? jsonText(drive._name, 128))
      .text('model', jsonText(drive.device_model) ?? jsonText(drive._name))
      .text('kind', kind)
      .number('size', jsonCount(drive.size_in_bytes), 'bytes')
      .text('firmware', jsonText(drive.device_revision))
      .text('state', jsonText(drive.smart_status))
      .personal('serialNumber', 'serialNumber', jsonText(drive.device_serial)).rows
  })
}

/** Deepest chain of hubs that USB allows. */
const MAX_HUBS = 7

function usbFacts(values: Values, depth = 0): Facts {
  const device = new FactList('usb', SOURCE, jsonText(values.location_id, 128) ?? jsonText(values._name, 128))
    .text('product', jsonText(values._name))
    .text('manufacturer', jsonText(values.manufacturer))
    .text('vendorId', jsonText(values.vendor_id))
    .text('productId', jsonText(values.product_id))
    .text('speedText', jsonText(values.device_speed))
    .personal('serialNumber', 'serialNumber', jsonText(values.serial_num))
  if (depth >= MAX_HUBS) return device.rows
  return [...device.rows, ...jsonList(values._items).flatMap((item) => usbFacts(jsonObject(item) ?? {}, depth + 1))]
}

function powerFacts(values: Values): Facts {
  const [charge, health, model] = ['charge', 'health', 'model'].map((part) =>
    jsonObject(values[`sppower_battery_${part}_info`]),
  )
  return new FactList('power', SOURCE, jsonText(values._name, 128))
    .number('charge', jsonCount(charge?.sppower_battery_state_of_charge), 'percent')
    .text('status', chargeWord(charge?.sppower_battery_is_charging, charge?.sppower_battery_fully_charged))
    .number('cycles', jsonCount(health?.sppower_battery_cycle_count), 'count')
    .text('health', jsonText(health?.sppower_battery_health))
    .number(
      'capacity',
      wholeNumber(jsonText(health?.sppower_battery_health_maximum_capacity)?.replace('%', '')),
      'percent',
    )
    .text('model', jsonText(model?.sppower_battery_device_name))
    .personal('serialNumber', 'serialNumber', jsonText(model?.sppower_battery_serial_number)).rows
}

function chargeWord(charging: unknown, full: unknown): string | undefined {
  if (full === 'TRUE') return 'full'
  return charging === 'TRUE' ? 'charging' : charging === 'FALSE' ? 'not charging' : undefined
}

const SIZES: Readonly<Record<string, number>> = { KB: 1_024, MB: 1_048_576, GB: 1_073_741_824, TB: 1_099_511_627_776 }

/** `16 GB` in bytes: Apple counts memory in powers of 1,024. */
function sizeOf(value: unknown): number | undefined {
  const [, digits, unit] = /^(\d{1,6}) ([KMGT]B)$/.exec(jsonText(value) ?? '') ?? []
  return digits === undefined || unit === undefined ? undefined : Number(digits) * (SIZES[unit] ?? 1)
}

/** Names that the collector asks `sysctl` for. */
export const SYSCTL_NAMES = [
  'kern.boottime',
  'kern.hostname',
  'kern.osproductversion',
  'kern.osrelease',
  'kern.osversion',
  'hw.machine',
  'hw.memsize',
  'hw.model',
  'hw.logicalcpu',
  'hw.physicalcpu',
  'hw.l3cachesize',
  'machdep.cpu.brand_string',
  'vm.loadavg',
  'vm.swapusage',
] as const

/**
 * Facts out of `sysctl NAME...`, lines of the form `name: value`.
 *
 * @param now for how long the machine runs
 */
export function parseSysctl(text: string, now: Date): Facts {
  const values = colonFields(text)
  const source = 'sysctl'
  const bootedAt = wholeNumber(/\bsec = (\d+)/.exec(values.get('kern.boottime') ?? '')?.[1])
  const load =
    (values.get('vm.loadavg') ?? '').match(/\d+[.,]\d+/g)?.map((figure) => Number(figure.replace(',', '.'))) ?? []
  const swap = (name: string): number | undefined => {
    const [, digits, unit] = new RegExp(`${name} = ([\\d.,]+)([KMG])`).exec(values.get('vm.swapusage') ?? '') ?? []
    return digits === undefined
      ? undefined
      : Math.round(Number(digits.replace(',', '.')) * (SIZES[`${unit ?? ''}B`] ?? 1))
  }
  return [
    ...new FactList('system', source)
      .personal('hostName', 'hostName', values.get('kern.hostname'))
      .at('bootedAt', bootedAt === undefined ? undefined : bootedAt * 1_000)
      .number('uptime', bootedAt === undefined ? undefined : Math.floor(now.getTime() / 1_000) - bootedAt, 's')
      .text('modelVersion', values.get('hw.model')).rows,
    ...new FactList('operatingSystem', source)
      .text('version', values.get('kern.osproductversion'))
      .text('build', values.get('kern.osversion'))
      .text('architecture', values.get('hw.machine')).rows,
    ...new FactList('kernel', source).text('release', values.get('kern.osrelease')).rows,
    ...new FactList('processor', source)
      .text('model', values.get('machdep.cpu.brand_string'))
      .number('cores', wholeNumber(values.get('hw.physicalcpu')), 'count')
      .number('logicalProcessors', wholeNumber(values.get('hw.logicalcpu')), 'count')
      .number('cache', wholeNumber(values.get('hw.l3cachesize')), 'bytes').rows,
    ...new FactList('memory', source)
      .number('total', wholeNumber(values.get('hw.memsize')), 'bytes')
      .number('swapTotal', swap('total'), 'bytes')
      .number('swapFree', swap('free'), 'bytes').rows,
    ...new FactList('load', source).number('load1', load[0]).number('load5', load[1]).number('load15', load[2]).rows,
  ]
}
