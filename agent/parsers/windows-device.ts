import type { DeviceFact, DeviceSection, FactUnit } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { chassisWord } from './hardware-words.ts'
import { instantOfText, jsonCount, jsonFlag, jsonList, jsonNumber, jsonObject, jsonText } from './values.ts'

type Values = Readonly<Record<string, unknown>>
type Kind = 'text' | 'number' | 'flag' | 'at' | 'hostName' | 'userName' | 'serialNumber' | 'path'

/** How one property of a class becomes a fact. */
interface Property {
  readonly from: string
  readonly name: string
  readonly kind: Kind
  readonly unit?: FactUnit
  readonly times?: number
}

interface Class {
  readonly section: DeviceSection
  /** Property that tells one instance from another; absent for a class with one instance. */
  readonly item?: string
  readonly properties: readonly Property[]
}

const text = (from: string, name: string): Property => ({ from, name, kind: 'text' })
const flag = (from: string, name: string): Property => ({ from, name, kind: 'flag' })
const at = (from: string, name: string): Property => ({ from, name, kind: 'at' })
const serial = (from: string, name = 'serialNumber'): Property => ({ from, name, kind: 'serialNumber' })
const number = (from: string, name: string, unit?: FactUnit, times = 1): Property =>
  unit === undefined ? { from, name, kind: 'number' } : { from, name, kind: 'number', unit, times }

/** CIM classes and registry keys that the script of `device.info` reads, with the meaning of their properties. */
export const WINDOWS_CLASSES: Readonly<Record<string, readonly Class[]>> = {
  Win32_ComputerSystem: [
    {
      section: 'system',
      properties: [
        { from: 'DNSHostName', name: 'hostName', kind: 'hostName' },
        text('Manufacturer', 'manufacturer'),
        text('Model', 'model'),
        text('SystemFamily', 'family'),
        text('SystemSKUNumber', 'sku'),
        text('BootupState', 'bootState'),
        flag('PartOfDomain', 'inDomain'),
      ],
    },
    { section: 'memory', properties: [number('TotalPhysicalMemory', 'total', 'bytes')] },
    {
      section: 'processor',
      properties: [
        number('NumberOfProcessors', 'sockets', 'count'),
        number('NumberOfLogicalProcessors', 'logicalProcessors', 'count'),
      ],
    },
    { section: 'virtualisation', properties: [flag('HypervisorPresent', 'hypervisorPresent')] },
  ],
  Win32_OperatingSystem: [
    {
      section: 'operatingSystem',
      properties: [
        text('Caption', 'name'),
        text('Version', 'version'),
        text('OSArchitecture', 'architecture'),
        at('InstallDate', 'installedAt'),
        text('Locale', 'localeId'),
        text('SystemDrive', 'systemDrive'),
      ],
    },
    { section: 'system', properties: [at('LastBootUpTime', 'bootedAt')] },
    {
      section: 'memory',
      properties: [
        number('FreePhysicalMemory', 'available', 'bytes', 1_024),
        number('SizeStoredInPagingFiles', 'swapTotal', 'bytes', 1_024),
        number('FreeSpaceInPagingFiles', 'swapFree', 'bytes', 1_024),
        number('TotalVirtualMemorySize', 'commitLimit', 'bytes', 1_024),
        number('FreeVirtualMemory', 'commitFree', 'bytes', 1_024),
      ],
    },
    { section: 'load', properties: [number('NumberOfProcesses', 'processes', 'count')] },
  ],
  CurrentVersion: [
    {
      section: 'operatingSystem',
      properties: [
        text('Build', 'build'),
        text('DisplayVersion', 'versionName'),
        text('EditionID', 'edition'),
        text('InstallationType', 'variant'),
      ],
    },
  ],
  Win32_BIOS: [
    {
      section: 'firmware',
      properties: [
        text('Manufacturer', 'vendor'),
        text('SMBIOSBIOSVersion', 'version'),
        at('ReleaseDate', 'releasedAt'),
        text('ReleaseDay', 'date'),
        text('FirmwareType', 'type'),
      ],
    },
    { section: 'system', properties: [serial('SerialNumber')] },
  ],
  Win32_BaseBoard: [
    {
      section: 'board',
      properties: [
        text('Manufacturer', 'manufacturer'),
        text('Product', 'model'),
        text('Version', 'version'),
        serial('SerialNumber'),
      ],
    },
  ],
  Win32_SystemEnclosure: [
    {
      section: 'chassis',
      properties: [text('Manufacturer', 'manufacturer'), serial('SerialNumber'), serial('SMBIOSAssetTag', 'assetTag')],
    },
  ],
  Win32_Processor: [
    {
      section: 'processor',
      item: 'DeviceID',
      properties: [
        text('Name', 'model'),
        text('Manufacturer', 'vendor'),
        number('NumberOfCores', 'cores', 'count'),
        number('NumberOfLogicalProcessors', 'threads', 'count'),
        number('MaxClockSpeed', 'maxClock', 'MHz'),
        number('CurrentClockSpeed', 'clock', 'MHz'),
        number('LoadPercentage', 'load', 'percent'),
        number('L2CacheSize', 'cacheL2', 'bytes', 1_024),
        number('L3CacheSize', 'cacheL3', 'bytes', 1_024),
        flag('VirtualizationFirmwareEnabled', 'virtualisationEnabled'),
        text('SocketDesignation', 'socketName'),
      ],
    },
  ],
  Win32_PhysicalMemory: [
    {
      section: 'memory',
      item: 'DeviceLocator',
      properties: [
        number('Capacity', 'size', 'bytes'),
        number('Speed', 'speed', 'MT/s'),
        number('ConfiguredClockSpeed', 'configuredSpeed', 'MT/s'),
        text('Manufacturer', 'manufacturer'),
        text('PartNumber', 'partNumber'),
        text('BankLabel', 'bank'),
        serial('SerialNumber'),
      ],
    },
  ],
  Win32_VideoController: [
    {
      section: 'graphics',
      item: 'DeviceID',
      properties: [
        text('Name', 'model'),
        text('AdapterCompatibility', 'vendor'),
        text('DriverVersion', 'driverVersion'),
        at('DriverDate', 'driverDate'),
        number('CurrentHorizontalResolution', 'width', 'count'),
        number('CurrentVerticalResolution', 'height', 'count'),
        text('Status', 'status'),
        number('ConfigManagerErrorCode', 'problemCode'),
      ],
    },
  ],
  Win32_DiskDrive: [
    {
      section: 'storage',
      item: 'DeviceID',
      properties: [
        text('Model', 'model'),
        text('InterfaceType', 'transport'),
        text('MediaType', 'kind'),
        text('FirmwareRevision', 'firmware'),
        number('Size', 'size', 'bytes'),
        number('Partitions', 'partitions', 'count'),
        text('Status', 'state'),
        serial('SerialNumber'),
      ],
    },
  ],
  Win32_Battery: [
    {
      section: 'power',
      item: 'DeviceID',
      properties: [
        text('Name', 'model'),
        number('EstimatedChargeRemaining', 'charge', 'percent'),
        number('BatteryStatus', 'statusCode'),
        text('Status', 'health'),
      ],
    },
  ],
  SecureBoot: [{ section: 'security', properties: [flag('UEFISecureBootEnabled', 'secureBoot')] }],
  Win32_Tpm: [
    {
      section: 'security',
      properties: [
        text('SpecVersion', 'tpmVersion'),
        flag('IsEnabled_InitialValue', 'tpmEnabled'),
        flag('IsActivated_InitialValue', 'tpmActivated'),
      ],
    },
  ],
  TimeZone: [
    {
      section: 'locale',
      properties: [
        text('Id', 'timeZone'),
        number('OffsetMinutes', 'offsetFromUtc', 's', 60),
        text('Culture', 'language'),
        text('Keyboard', 'keyboard'),
      ],
    },
  ],
  Win32_PnPEntity: [
    {
      section: 'driver',
      item: 'Name',
      properties: [
        number('ConfigManagerErrorCode', 'problemCode'),
        text('PNPClass', 'class'),
        text('Status', 'state'),
        text('Manufacturer', 'manufacturer'),
      ],
    },
  ],
}

/** Facts out of one object that the script wrote: the properties of a class and its name in `Class`. */
export function windowsFacts(object: unknown): readonly DeviceFact[] {
  const values = jsonObject(object)
  const name = jsonText(values?.Class, 64)
  if (values === null || name === undefined) return []
  const declared = Object.hasOwn(WINDOWS_CLASSES, name) ? (WINDOWS_CLASSES[name] ?? []) : []
  return [
    ...declared.flatMap((one) => factsOf(values, one, name)),
    ...chassisFacts(values, name),
    ...uptimeFacts(values, name),
  ]
}

function factsOf(values: Values, declared: Class, source: string): readonly DeviceFact[] {
  const item = declared.item === undefined ? undefined : jsonText(values[declared.item], 128)
  const list = new FactList(declared.section, source, item)
  for (const property of declared.properties) addFact(list, property, values[property.from])
  return list.rows
}

function addFact(list: FactList, property: Property, value: unknown): void {
  const { name, kind } = property
  if (kind === 'text') list.text(name, typeof value === 'number' ? String(value) : jsonText(value, 4_096))
  else if (kind === 'number') addNumber(list, property, jsonNumber(value))
  else if (kind === 'flag') list.flag(name, jsonFlag(value) ?? flagOfNumber(value))
  else if (kind === 'at') list.at(name, epochMs(value))
  else list.personal(kind, name, jsonText(value, 4_096))
}

function addNumber(list: FactList, { name, unit, times = 1 }: Property, value: number | undefined): void {
  list.number(name, value === undefined ? undefined : value * times, unit)
}

function flagOfNumber(value: unknown): boolean | undefined {
  return value === 1 ? true : value === 0 ? false : undefined
}

function epochMs(value: unknown): number | undefined {
  const instant = instantOfText(value)
  return instant === undefined ? undefined : Date.parse(instant)
}

function chassisFacts(values: Values, name: string): readonly DeviceFact[] {
  if (name !== 'Win32_SystemEnclosure') return []
  const type = Array.isArray(values.ChassisTypes) ? jsonList(values.ChassisTypes)[0] : values.ChassisTypes
  return new FactList('chassis', name).text('type', chassisWord(jsonCount(type))).rows
}

function uptimeFacts(values: Values, name: string): readonly DeviceFact[] {
  const [now, booted] = [epochMs(values.LocalDateTime), epochMs(values.LastBootUpTime)]
  if (name !== 'Win32_OperatingSystem' || now === undefined || booted === undefined || now < booted) return []
  return new FactList('system', name).number('uptime', Math.floor((now - booted) / 1_000), 's').rows
}
