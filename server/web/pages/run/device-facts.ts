import type { RowItem } from '../../api/runs.ts'
import { bytesText } from '../../ui/words.tsx'
import { durationText, numberField, textField, timeText, valueText } from './words.ts'

/** Order and titles of the report's sections (protocol/results/device-info.ts). */
const SECTIONS: readonly (readonly [string, string])[] = [
  ['system', 'System'],
  ['operatingSystem', 'Operating system'],
  ['firmware', 'Firmware'],
  ['board', 'Main board'],
  ['chassis', 'Case'],
  ['processor', 'Processor'],
  ['memory', 'Memory'],
  ['graphics', 'Graphics'],
  ['storage', 'Drives'],
  ['network', 'Network adapters'],
  ['power', 'Power and battery'],
  ['sensors', 'Sensors'],
  ['pci', 'PCI devices'],
  ['usb', 'USB devices'],
  ['input', 'Input devices'],
  ['load', 'Load'],
  ['kernel', 'Kernel'],
  ['driver', 'Drivers'],
  ['setting', 'Settings'],
  ['locale', 'Language and time'],
  ['security', 'Security'],
  ['virtualisation', 'Virtualisation'],
]

/** Fields of a fact that carry its value. */
const VALUES = ['text', 'hostName', 'userName', 'serialNumber', 'macAddress', 'path', 'commandLine'] as const

/** A fact's value with its unit, as people read it. */
export function factText(row: RowItem['row']): string {
  const number = numberField(row, 'number')
  if (number !== null) return withUnit(number, textField(row, 'unit'))
  if (typeof row.flag === 'boolean') return row.flag ? 'yes' : 'no'
  if (typeof row.at === 'string') return timeText(row.at)
  return VALUES.map((name) => valueText(row[name])).find((text) => text !== '') ?? ''
}

function withUnit(number: number, unit: string): string {
  const plain = number.toLocaleString('en', { maximumFractionDigits: 2 })
  switch (unit) {
    case 'bytes':
      return bytesText(number)
    case 's':
      return durationText(number * 1_000)
    case 'ms':
      return durationText(number)
    case 'percent':
      return `${plain} %`
    case 'celsius':
      return `${plain} °C`
    case 'count':
      return plain
    case '':
      // A plain number such as a model is a name, not an amount.
      return String(number)
    default:
      return `${plain} ${unit}`
  }
}

/** The first page of a report: what a technician asks first. */
const SUMMARY: readonly (readonly [title: string, section: string, name: string])[] = [
  ['Maker', 'system', 'manufacturer'],
  ['Model', 'system', 'model'],
  ['Name', 'system', 'hostName'],
  ['Serial number', 'system', 'serialNumber'],
  ['Operating system', 'operatingSystem', 'name'],
  ['Version', 'operatingSystem', 'version'],
  ['Running since', 'system', 'bootedAt'],
  ['Processor', 'processor', 'model'],
  ['Cores', 'processor', 'cores'],
  ['Memory', 'memory', 'total'],
  ['Memory available', 'memory', 'available'],
  ['Virtual machine', 'virtualisation', 'type'],
]

export function summaryOf(rows: readonly RowItem[]): readonly (readonly [string, string])[] {
  return SUMMARY.flatMap(([title, section, name]) => {
    const found = rows.find(({ row }) => row.section === section && row.name === name)
    return found === undefined ? [] : [[title, factText(found.row)] as const]
  })
}

export interface FactGroup {
  readonly item: string
  readonly facts: readonly RowItem[]
}

export interface FactSection {
  readonly id: string
  readonly title: string
  readonly count: number
  readonly groups: readonly FactGroup[]
}

/** Facts by section and part, in the order of a report; sections that nobody knows come last. */
export function sectionsOf(rows: readonly RowItem[]): readonly FactSection[] {
  const bySection = Map.groupBy(rows, ({ row }) => textField(row, 'section'))
  const known = new Set(SECTIONS.map(([id]) => id))
  const others = [...bySection.keys()].filter((id) => !known.has(id)).map((id) => [id, id] as const)
  return [...SECTIONS, ...others].flatMap(([id, title]) => {
    const facts = bySection.get(id) ?? []
    if (facts.length === 0) return []
    const byItem = Map.groupBy(facts, ({ row }) => textField(row, 'item'))
    return [{ id, title, count: facts.length, groups: [...byItem].map(([item, of]) => ({ item, facts: of })) }]
  })
}

/** A section as text for the clipboard. */
export function sectionText({ title, groups }: FactSection): string {
  const lines = groups.flatMap(({ item, facts }) => [
    ...(item === '' ? [] : [`[${item}]`]),
    ...facts.map(({ row }) => `${textField(row, 'name')}: ${factText(row)}`),
  ])
  return [title, ...lines].join('\n')
}
