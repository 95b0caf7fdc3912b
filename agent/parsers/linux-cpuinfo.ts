import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { colonFields, decimalNumber, lineOf, wholeNumber } from './values.ts'

const SOURCE = '/proc/cpuinfo'

/** Facts about the processors out of `/proc/cpuinfo`: what all share once, what differs for each logical processor. */
export function parseCpuinfo(text: string): readonly DeviceFact[] {
  const blocks = text
    .split(/\n\s*\n/)
    .filter((block) => /^processor\s*:/m.test(block))
    .map(colonFields)
  const first = blocks[0]
  if (first === undefined) return []
  const shared = new FactList('processor', SOURCE)
    .text('model', first.get('model name') ?? first.get('Model') ?? first.get('cpu model'))
    .text('vendor', first.get('vendor_id') ?? first.get('CPU implementer'))
    .number('logicalProcessors', blocks.length, 'count')
    .number('cores', coresOf(blocks), 'count')
    .number('sockets', distinct(blocks, ['physical id']), 'count')
    .number('family', wholeNumber(first.get('cpu family')))
    .number('modelNumber', wholeNumber(first.get('model')))
    .number('stepping', wholeNumber(first.get('stepping')))
    .text('microcode', first.get('microcode'))
    .number('cache', kibibytes(first.get('cache size')), 'bytes')
    .text('addressSizes', first.get('address sizes'))
    .text('features', first.get('flags') ?? first.get('Features'))
    .text('knownFlaws', first.get('bugs'))
  return [...shared.rows, ...blocks.flatMap(processorFacts)]
}

function processorFacts(fields: ReadonlyMap<string, string>): readonly DeviceFact[] {
  const number = lineOf(fields.get('processor'), 16)
  const list = new FactList('processor', SOURCE, number === undefined ? undefined : `cpu${number}`)
  return list
    .number('clock', decimalNumber(fields.get('cpu MHz')), 'MHz')
    .number('socket', wholeNumber(fields.get('physical id')))
    .number('core', wholeNumber(fields.get('core id'))).rows
}

function coresOf(blocks: readonly ReadonlyMap<string, string>[]): number | undefined {
  return distinct(blocks, ['physical id', 'core id'])
}

function distinct(blocks: readonly ReadonlyMap<string, string>[], names: readonly string[]): number | undefined {
  const keys = blocks.map((block) => names.map((name) => block.get(name)))
  if (keys.some((key) => key.includes(undefined))) return undefined
  return new Set(keys.map((key) => key.join(' '))).size
}

function kibibytes(text: string | undefined): number | undefined {
  const size = wholeNumber(text?.replace(/ KB$/, ''))
  return size === undefined ? undefined : size * 1_024
}
