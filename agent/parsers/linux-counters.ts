import type { DeviceFact, DeviceSection, FactUnit } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { wholeNumber } from './values.ts'

type Facts = readonly DeviceFact[]

/** Pairs of lines `Group: names` and `Group: numbers`, as in `/proc/net/snmp` and `/proc/net/netstat`. */
export function pairedCounters(text: string, source: string): Facts {
  const lines = text.split('\n')
  return lines.flatMap((line, at) => {
    if (at % 2 === 1) return []
    const [group = '', ...names] = line.split(' ')
    const [same, ...values] = (lines[at + 1] ?? '').split(' ')
    if (same !== group) return []
    const list = new FactList('network', source, `counters ${group.replace(/:$/, '')}`)
    for (const [index, name] of names.entries()) list.number(name, wholeNumber(values[index]), 'count')
    return list.rows
  })
}

/** Lines `name number`, with any blanks between, as in `/proc/net/snmp6` and the files of a control group. */
export function namedCounters(
  text: string,
  place: { readonly section: DeviceSection; readonly source: string; readonly item: string; readonly unit?: FactUnit },
): Facts {
  const list = new FactList(place.section, place.source, place.item)
  for (const line of text.split('\n')) {
    const [, name, value] = /^([A-Za-z][\w.]{0,63})\s+(\d{1,16})$/.exec(line) ?? []
    if (name !== undefined) list.number(name, wholeNumber(value), place.unit ?? 'count')
  }
  return list.rows
}

/** Columns by processor out of `/proc/interrupts` and `/proc/softirqs`, added up for each line. */
export function interruptFacts(text: string, source: string): Facts {
  const [head = '', ...lines] = text.split('\n')
  const processors = head
    .trim()
    .split(/\s+/)
    .filter((name) => /^CPU\d+$/.test(name)).length
  return lines.flatMap((line) => {
    const [, name, rest = ''] = /^\s*(\w{1,16}):\s+(.*)$/.exec(line) ?? []
    if (name === undefined) return []
    const columns = rest.split(/\s+/)
    const counts = columns.slice(0, processors).map(wholeNumber)
    if (counts.includes(undefined)) return []
    const total = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    return new FactList('load', source, `interrupt ${name}`)
      .number('count', total, 'count')
      .text('from', columns.slice(processors).join(' ')).rows
  })
}

/** Figures of the memory zones out of `/proc/zoneinfo`, in pages as the kernel counts them. */
export function zoneFacts(text: string): Facts {
  const facts: DeviceFact[] = []
  let list: FactList | null = null
  for (const line of text.split('\n')) {
    const [, node, zone] = /^Node (\d+), zone\s+(\w+)/.exec(line) ?? []
    if (zone !== undefined) {
      if (list !== null) facts.push(...list.rows)
      list = new FactList('memory', '/proc/zoneinfo', `node ${node} zone ${zone}`)
      continue
    }
    const [, name, value] = /^\s+(?:pages )?([a-z_]{2,48}):?\s+(\d{1,16})$/.exec(line) ?? []
    if (name !== undefined) list?.number(name, wholeNumber(value), 'count')
  }
  return list === null ? facts : [...facts, ...list.rows]
}

/** Caches of the kernel's own memory out of `/proc/slabinfo`, which only an administrator may read. */
export function slabFacts(text: string): Facts {
  return text.split('\n').flatMap((line) => {
    const [name, active, all, size] = line.split(/\s+/)
    if (name === undefined || size === undefined || name.startsWith('#') || wholeNumber(size) === undefined) return []
    const bytes = (wholeNumber(all) ?? 0) * (wholeNumber(size) ?? 0)
    return new FactList('memory', '/proc/slabinfo', `kernel cache ${name}`)
      .number('activeObjects', wholeNumber(active), 'count')
      .number('objectSize', wholeNumber(size), 'bytes')
      .number('size', bytes, 'bytes').rows
  })
}

/** Free pages by block size out of `/proc/buddyinfo`: how scattered the free memory is. */
export function fragmentationFacts(text: string): Facts {
  return text.split('\n').flatMap((line) => {
    const [, node, zone, counts = ''] = /^Node (\d+), zone\s+(\w+)\s+([\d\s]+)$/.exec(line) ?? []
    if (zone === undefined) return []
    const list = new FactList('memory', '/proc/buddyinfo', `node ${node} zone ${zone}`)
    for (const [order, count] of counts.trim().split(/\s+/).entries()) {
      list.number(`free blocks of ${2 ** order} pages`, wholeNumber(count), 'count')
    }
    return list.rows
  })
}

/** Blocks of `name : value` lines out of `/proc/crypto`: which ciphers the kernel has, and how fast a form of them. */
export function cryptoFacts(text: string): Facts {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(block)?.[1]
    const driver = field('driver')
    if (driver === undefined) return []
    return new FactList('kernel', '/proc/crypto', `cipher ${driver}`)
      .text('name', field('name'))
      .text('module', field('module'))
      .text('type', field('type'))
      .text('selfTest', field('selftest'))
      .number('priority', wholeNumber(field('priority'))).rows
  })
}

/** Options that the kernel was built with: `CONFIG_NAME=y`, `m` (as a module) or a value. */
export function kernelOptionFacts(lines: readonly string[], source: string): Facts {
  const list = new FactList('kernel', source, 'built with')
  for (const line of lines) {
    const [, name, value] = /^CONFIG_(\w{1,96})=(.{1,256})$/.exec(line) ?? []
    if (name !== undefined) list.text(name, value?.replace(/^"(.*)"$/, '$1'))
  }
  return list.rows
}

/** Which part of the address space belongs to which device, out of `/proc/iomem` or `/proc/ioports`. */
export function addressRangeFacts(text: string, source: string): Facts {
  const list = new FactList('system', source, 'address ranges')
  for (const line of text.split('\n')) {
    const [, range, owner] = /^\s*([0-9a-f]{4,16}-[0-9a-f]{4,16}) : (.{1,128})$/.exec(line) ?? []
    // Without the right to see them all ranges read as zero.
    if (range !== undefined && !/^0+-0+$/.test(range)) list.text(range, owner)
  }
  return list.rows
}

const DISK_FIELDS = [
  ['reads', 'count'],
  ['readsMerged', 'count'],
  ['sectorsRead', 'count'],
  ['readTime', 'ms'],
  ['writes', 'count'],
  ['writesMerged', 'count'],
  ['sectorsWritten', 'count'],
  ['writeTime', 'ms'],
  ['inProgress', 'count'],
  ['busyTime', 'ms'],
  ['waitTime', 'ms'],
  ['discards', 'count'],
  ['discardsMerged', 'count'],
  ['sectorsDiscarded', 'count'],
  ['discardTime', 'ms'],
  ['flushes', 'count'],
  ['flushTime', 'ms'],
] as const

/** What each drive did since the start, out of `/proc/diskstats` (kernel documentation, admin-guide/iostats). */
export function diskCounterFacts(text: string): Facts {
  return text.split('\n').flatMap((line) => {
    const [, , name, ...values] = line.trim().split(/\s+/)
    if (name === undefined || /^(ram|loop)\d/.test(name)) return []
    const list = new FactList('storage', '/proc/diskstats', name)
    for (const [at, [field, unit]] of DISK_FIELDS.entries()) list.number(field, wholeNumber(values[at]), unit)
    return list.rows
  })
}

/** Limits of the collector's own process out of `/proc/self/limits`: what the account may use. */
export function limitFacts(text: string): Facts {
  const list = new FactList('setting', '/proc/self/limits', 'limits of the account')
  for (const line of text.split('\n').slice(1)) {
    const [, name, soft, hard] = /^(Max [a-z ]{3,30}?)\s{2,}(\S+)\s+(\S+)/.exec(line) ?? []
    if (name !== undefined) list.text(name, `${soft} (at most ${hard})`)
  }
  return list.rows
}
