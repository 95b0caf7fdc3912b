import type { RowItem } from '../../api/runs.ts'
import type { Column } from '../../grid/columns.ts'
import { EventLevel } from './event-level.tsx'
import { numberField, textField, timeText, valueText } from './words.ts'

/** What an event says: its text, or where none was rendered its values. */
export function eventText({ row }: Pick<RowItem, 'row'>): string {
  if (typeof row.message === 'string') return row.message
  const { data } = row
  if (typeof data !== 'object' || data === null) return valueText(data)
  return Object.entries(data)
    .map(([name, value]) => `${name}: ${valueText(value)}`)
    .join(', ')
}

function extra(name: string, title: string, width: number): Column {
  return { id: name, title, width, value: ({ row }) => textField(row, name), sort: name, isExtra: true }
}

export const EVENT_COLUMNS: readonly Column[] = [
  {
    id: 'level',
    title: 'Level',
    width: 118,
    value: ({ level }) => level ?? '',
    show: ({ level }) => <EventLevel level={level} />,
    sort: 'level',
  },
  { id: 'at', title: 'Time', width: 176, value: ({ at }) => timeText(at), sort: 'at' },
  { id: 'provider', title: 'Source', width: 190, value: ({ provider }) => provider ?? '', sort: 'provider' },
  {
    id: 'eventId',
    title: 'Id',
    width: 72,
    value: ({ row }) => numberField(row, 'eventId') ?? '',
    show: ({ row }) => textField(row, 'eventId'),
    sort: 'eventId',
    isNumber: true,
  },
  { id: 'message', title: 'What it says', width: 480, value: eventText },
  extra('channel', 'Log', 120),
  extra('unit', 'Unit', 180),
  extra('program', 'Program', 220),
  extra('pid', 'Process id', 96),
  extra('user', 'Account', 160),
  extra('host', 'Computer', 140),
  extra('category', 'Category', 140),
  extra('recordId', 'Record', 96),
  { id: 'n', title: 'Row', width: 80, value: ({ n }) => n, sort: 'n', isNumber: true, isExtra: true },
]
