import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

/** Groups of facts, in the order in which a report shows them. */
export const DEVICE_SECTIONS = [
  'system',
  'operatingSystem',
  'firmware',
  'board',
  'chassis',
  'processor',
  'memory',
  'graphics',
  'storage',
  'network',
  'power',
  'sensors',
  'pci',
  'usb',
  'input',
  'load',
  'kernel',
  'driver',
  'setting',
  'locale',
  'security',
  'virtualisation',
] as const
export type DeviceSection = (typeof DEVICE_SECTIONS)[number]

const FACT_UNITS = [
  'bytes',
  'ms',
  's',
  'MHz',
  'MT/s',
  'Mbit/s',
  'percent',
  'celsius',
  'rpm',
  'mV',
  'mA',
  'mW',
  'mWh',
  'mAh',
  'bits',
  'count',
] as const
export type FactUnit = (typeof FACT_UNITS)[number]

/**
 * A row of `device.info`: one fact about the machine. `section` and `name` say what it is, `item` of which part (a
 * processor, a drive, a slot); exactly one of the value fields is there, so that a value that may point at a person
 * stands in a field of its own with its mark. What is unknown has no row.
 */
export const DeviceFact = Type.Object(
  {
    section: Type.Enum([...DEVICE_SECTIONS]),
    /** Which part of the section, e.g. `sda`, `0000:00:1f.2`, `DIMM A1`; absent when there is only one. */
    item: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    name: Type.String({ minLength: 1, maxLength: 128 }),
    text: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096 })),
    number: Type.Optional(Type.Number()),
    /** Unit of `number`; absent for a plain number such as a model or a family. */
    unit: Type.Optional(Type.Enum([...FACT_UNITS])),
    flag: Type.Optional(Type.Boolean()),
    at: Type.Optional(Instant),
    hostName: Type.Optional(personal('hostName', { maxLength: 256 })),
    userName: Type.Optional(personal('userName', { maxLength: 256 })),
    serialNumber: Type.Optional(personal('serialNumber', { maxLength: 256 })),
    macAddress: Type.Optional(personal('macAddress', { maxLength: 64 })),
    path: Type.Optional(personal('path', { maxLength: 4_096 })),
    commandLine: Type.Optional(personal('commandLine', { maxLength: 8_192 })),
    /** File, class or program that gave the fact. */
    source: Type.String({ minLength: 1, maxLength: 256 }),
  },
  closed,
)
export type DeviceFact = Static<typeof DeviceFact>

/** Fields of a fact that can carry its value; each fact has exactly one. */
export const FACT_VALUES = [
  'text',
  'number',
  'flag',
  'at',
  'hostName',
  'userName',
  'serialNumber',
  'macAddress',
  'path',
  'commandLine',
] as const

/**
 * Facts that rules and the report's first page rely on; every platform gives them under these names where it knows
 * them. Units as in `unit`.
 */
export const KEY_FACTS = [
  { section: 'system', name: 'manufacturer', value: 'text' },
  { section: 'system', name: 'model', value: 'text' },
  { section: 'system', name: 'serialNumber', value: 'serialNumber' },
  { section: 'system', name: 'hostName', value: 'hostName' },
  { section: 'system', name: 'bootedAt', value: 'at' },
  { section: 'system', name: 'uptime', value: 'number', unit: 's' },
  { section: 'operatingSystem', name: 'name', value: 'text' },
  { section: 'operatingSystem', name: 'version', value: 'text' },
  { section: 'operatingSystem', name: 'build', value: 'text' },
  { section: 'operatingSystem', name: 'architecture', value: 'text' },
  { section: 'operatingSystem', name: 'supportEndsAt', value: 'at' },
  { section: 'operatingSystem', name: 'installedAt', value: 'at' },
  { section: 'firmware', name: 'version', value: 'text' },
  { section: 'firmware', name: 'date', value: 'text' },
  { section: 'processor', name: 'model', value: 'text' },
  { section: 'processor', name: 'cores', value: 'number', unit: 'count' },
  { section: 'processor', name: 'logicalProcessors', value: 'number', unit: 'count' },
  { section: 'memory', name: 'total', value: 'number', unit: 'bytes' },
  { section: 'memory', name: 'available', value: 'number', unit: 'bytes' },
  { section: 'memory', name: 'swapTotal', value: 'number', unit: 'bytes' },
  { section: 'memory', name: 'swapFree', value: 'number', unit: 'bytes' },
  { section: 'locale', name: 'timeZone', value: 'text' },
  { section: 'security', name: 'secureBoot', value: 'flag' },
  { section: 'virtualisation', name: 'type', value: 'text' },
] as const
