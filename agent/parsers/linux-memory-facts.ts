import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { parseMeminfo } from './linux-meminfo.ts'
import { wholeNumber } from './values.ts'

/** Names that every platform uses; the other lines keep the kernel's own names. */
const NAMES: Readonly<Record<string, string>> = {
  MemTotal: 'total',
  MemAvailable: 'available',
  MemFree: 'free',
  SwapTotal: 'swapTotal',
  SwapFree: 'swapFree',
}

/** Facts out of `/proc/meminfo`, sizes in bytes. */
export function memoryFacts(text: string): readonly DeviceFact[] {
  const list = new FactList('memory', '/proc/meminfo')
  for (const [name, value] of parseMeminfo(text)) {
    list.number(NAMES[name] ?? name, value, name.startsWith('HugePages_') ? 'count' : 'bytes')
  }
  return list.rows
}

/** Facts out of `/proc/swaps`: where swapped memory goes. */
export function swapFacts(text: string): readonly DeviceFact[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [path, kind, size, used, priority] = line.trim().split(/\s+/)
      if (path === undefined || size === undefined) return []
      const kib = (digits: string | undefined): number | undefined => {
        const value = wholeNumber(digits)
        return value === undefined ? undefined : value * 1_024
      }
      return new FactList('memory', '/proc/swaps', `swap ${path}`)
        .text('kind', kind)
        .number('size', kib(size), 'bytes')
        .number('used', kib(used), 'bytes')
        .number('priority', Number(priority)).rows
    })
}
