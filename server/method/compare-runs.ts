import type { ComparisonCounts, ComparisonLine } from '../store/method-entities.ts'

export type Row = Readonly<Record<string, unknown>>
type Value = string | number | boolean
type Fields = Readonly<Record<string, Value>>

/** What is compared of the rows of a collector. */
interface ComparedThing {
  /** What a row is about; null: it is not compared. Rows with one subject are one thing. */
  readonly subject: (row: Row) => string | null
  /** What must differ for a thing to have changed; what goes up and down by itself is not among it. */
  readonly fields: (row: Row) => Fields
  /** Puts a further row of the same thing to those before. */
  readonly add?: (sum: Fields, fields: Fields) => Fields
}

/** How much room a text of a line has. */
const MAX_TEXT = 500

const named = (row: Row, names: readonly string[]): Fields =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name]
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[name, value]]
      return Array.isArray(value) ? [[name, value.map(String).join(', ')]] : []
    }),
  )
const text = (row: Row, name: string): string | null => (typeof row[name] === 'string' ? row[name] : null)
const joined = (row: Row, names: readonly string[]): string =>
  names.flatMap((name) => (row[name] === undefined ? [] : [String(row[name])])).join(' ')
const counted = (sum: Fields, fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Number(sum[name] ?? 0) + Number(value)]))

/** Facts of a machine that differ from minute to minute. */
const RESTLESS_SECTIONS = new Set<unknown>(['load', 'sensors'])
const RESTLESS_FACTS = new Set<unknown>(['uptime', 'available', 'swapFree', 'free', 'used'])
const FACT_VALUES = [
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
]
const NET_FIELDS = [
  ...[
    'hostName',
    'domain',
    'forwarding',
    'type',
    'enabled',
    'link',
    'mtu',
    'speedMbps',
    'duplex',
    'dhcp',
    'dhcpServer',
  ],
  ...['networkProfile', 'reach', 'prefixLength', 'origin', 'addressState', 'gateway', 'metric', 'setBy', 'order'],
  ...['searchDomains', 'forDomain'],
]

/** Each collector whose runs can be compared, by what its rows are about. */
const COMPARED: Readonly<Record<string, ComparedThing>> = {
  'service.list': {
    subject: (row) => text(row, 'name'),
    fields: (row) => named(row, ['state', 'startMode', 'loaded', 'exitCode', 'result', 'account']),
  },
  // Programs come and go: how many run under a name says more than their numbers.
  'process.list': { subject: (row) => text(row, 'name'), fields: () => ({ running: 1 }), add: counted },
  'disk.space': {
    subject: (row) => text(row, 'mount'),
    fields: (row) => ({
      ...named(row, ['sizeBytes', 'fileSystem', 'readOnly', 'encrypted', 'needsCheck', 'noAnswer']),
      ...(typeof row.usedPercent === 'number' ? { usedPercent: Math.round(row.usedPercent) } : {}),
    }),
  },
  'device.info': {
    subject: (row) =>
      RESTLESS_SECTIONS.has(row.section) || RESTLESS_FACTS.has(row.name)
        ? null
        : joined(row, ['section', 'item', 'name']),
    fields: (row) => named(row, FACT_VALUES),
  },
  'eventlog.query': {
    subject: (row) => joined(row, ['level', 'provider', 'eventId']),
    fields: () => ({ events: 1 }),
    add: counted,
  },
  'net.config': {
    subject: (row) => joined(row, ['part', 'interface', 'family', 'address', 'destination', 'server']),
    fields: (row) => named(row, NET_FIELDS),
  },
  'change.recent': {
    subject: (row) => joined(row, ['time', 'kind', 'name', 'toVersion']),
    fields: (row) => named(row, ['result', 'code']),
  },
}

/** Whether runs of a collector can be compared. */
export function isComparable(collector: string): boolean {
  return Object.hasOwn(COMPARED, collector)
}

/** The things that the rows of one run are about, gathered row by row: memory grows with things, not with rows. */
export class RunThings {
  readonly #compared: ComparedThing
  readonly #things = new Map<string, Fields>()
  /** How often a subject came again. */
  readonly #repeats = new Map<string, number>()

  /** @throws TypeError when runs of the collector cannot be compared; ask `isComparable` first */
  constructor(collector: string) {
    const compared = COMPARED[collector]
    if (compared === undefined) throw new TypeError(`Runs of ${collector} cannot be compared`)
    this.#compared = compared
  }

  get things(): ReadonlyMap<string, Fields> {
    return this.#things
  }

  add(row: Row): void {
    const { subject: subjectOf, fields: fieldsOf, add } = this.#compared
    const subject = subjectOf(row)
    if (subject === null) return
    const known = this.#things.get(subject)
    const fields = fieldsOf(row)
    // Two rows about one thing that are not added up: both count, under numbers.
    if (known === undefined) this.#things.set(subject, fields)
    else if (add !== undefined) this.#things.set(subject, add(known, fields))
    else this.#addNumbered(subject, fields)
  }

  #addNumbered(subject: string, fields: Fields): void {
    const number = (this.#repeats.get(subject) ?? 1) + 1
    this.#repeats.set(subject, number)
    this.#things.set(`${subject} (${number})`, fields)
  }
}

/**
 * Compares what two runs of one collector are about.
 *
 * @param most lines at most; the counts are of everything
 */
export function compareThings(
  before: RunThings['things'],
  after: RunThings['things'],
  most: number,
): { readonly counts: ComparisonCounts; readonly lines: readonly ComparisonLine[] } {
  const lines: ComparisonLine[] = []
  let same = 0
  for (const [subject, fields] of before) {
    const now = after.get(subject)
    if (now === undefined) lines.push(line('removed', subject, [fields, null]))
    else if (differing(fields, now).length === 0) same += 1
    else lines.push(line('changed', subject, [fields, now]))
  }
  for (const [subject, fields] of after) if (!before.has(subject)) lines.push(line('added', subject, [null, fields]))
  const count = (change: ComparisonLine['change']) => lines.filter((each) => each.change === change).length
  const counts = { changed: count('changed'), added: count('added'), removed: count('removed'), same }
  const order = ['changed', 'removed', 'added'] as const
  const sorted = lines.toSorted((one, other) => order.indexOf(one.change) - order.indexOf(other.change))
  return { counts, lines: sorted.slice(0, most) }
}

function differing(before: Fields, after: Fields): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => before[name] !== after[name])
}

/** Of a thing that changed only the fields that differ; of one that came or went all of them. */
function line(
  change: ComparisonLine['change'],
  subject: string,
  [before, after]: readonly [Fields | null, Fields | null],
): ComparisonLine {
  const names = differing(before ?? {}, after ?? {})
  const written = (fields: Fields | null) =>
    fields === null
      ? null
      : names
          .flatMap((name) => (fields[name] === undefined ? [] : [`${name}: ${fields[name]}`]))
          .join('\n')
          .slice(0, MAX_TEXT)
  return { change, subject: subject.slice(0, MAX_TEXT), before: written(before), after: written(after) }
}
