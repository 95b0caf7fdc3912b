import { AskFirstError } from '@askfirst/protocol/errors.ts'

const OPERATORS = ['eq', 'ne', 'has', 'gt', 'lt'] as const
type Operator = (typeof OPERATORS)[number]

/** A condition on one field of the rows themselves. */
export interface FieldFilter {
  /** Name of a field; dots lead into objects, e.g. `data.param1`. */
  readonly field: string
  readonly operator: Operator
  readonly value: string
}

type Row = Readonly<Record<string, unknown>>

/** What a text such as `eventId:eq:41` asks for. @throws AskFirstError INVALID_REQUEST */
export function parseFieldFilter(text: string): FieldFilter {
  const [field = '', operator = ''] = text.split(':', 2)
  const known = OPERATORS.find((name) => name === operator)
  if (field === '' || known === undefined) {
    throw new AskFirstError('INVALID_REQUEST', `A condition is FIELD:${OPERATORS.join('|')}:VALUE.`, {
      details: { field: 'where' },
    })
  }
  return { field, operator: known, value: text.slice(field.length + operator.length + 2) }
}

/** Whether a row meets all conditions. A field that is absent or empty meets `ne` only. */
export function meetsAll(row: Row, filters: readonly FieldFilter[]): boolean {
  return filters.every((filter) => meets(fieldOf(row, filter.field), filter))
}

/** The value of a field; dots lead into objects. */
export function fieldOf(row: Row, path: string): unknown {
  if (Object.hasOwn(row, path)) return row[path]
  let value: unknown = row
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    value = Reflect.get(value, name)
  }
  return value
}

function meets(value: unknown, { operator, value: wanted }: FieldFilter): boolean {
  const text = textOf(value)
  switch (operator) {
    case 'eq':
      return text === wanted
    case 'ne':
      return text !== wanted
    case 'has':
      return text?.toLowerCase().includes(wanted.toLowerCase()) ?? false
    case 'gt':
      return isBelow(wanted, value)
    case 'lt':
      return isBelow(value, wanted)
  }
}

/** Numbers by size, everything else by code point, so that instants compare too. */
function isBelow(small: unknown, large: unknown): boolean {
  const [left, right] = [textOf(small), textOf(large)]
  if (left === null || right === null) return false
  const numbers = [Number(left), Number(right)] as const
  return numbers.some(Number.isNaN) ? left < right : numbers[0] < numbers[1]
}

function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Order of two values of a field: numbers, then texts, then what is absent. `sign` is -1 to turn it around. */
export function compareFields(left: unknown, right: unknown, sign: 1 | -1): number {
  if (typeof left === 'number' && typeof right === 'number') return sign * (left - right)
  const [a, b] = [textOf(left), textOf(right)]
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof left === 'number' || typeof right === 'number') return sign * (typeof left === 'number' ? -1 : 1)
  return a === b ? 0 : sign * (a < b ? -1 : 1)
}
