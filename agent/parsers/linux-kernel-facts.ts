import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { lineOf, wholeNumber } from './values.ts'

/** One loaded module out of `/proc/modules`. */
export interface KernelModule {
  readonly name: string
  readonly sizeBytes: number | undefined
  readonly users: number | undefined
  readonly usedBy: readonly string[]
  /** Letters in brackets: `O` out of tree, `E` unsigned, `P` proprietary. */
  readonly taints: string | undefined
}

/** Loaded modules; lines of another form are left out. */
export function parseModules(text: string): readonly KernelModule[] {
  return text.split('\n').flatMap((line) => {
    const [name, size, users, usedBy] = line.split(' ')
    if (name === undefined || !/^[A-Za-z0-9_]{1,64}$/.test(name) || size === undefined) return []
    return [
      {
        name,
        sizeBytes: wholeNumber(size),
        users: wholeNumber(users),
        usedBy: (usedBy ?? '').split(',').filter((other) => /^\w/.test(other)),
        taints: /\(([A-Z]+)\)\s*$/.exec(line)?.[1],
      },
    ]
  })
}

/** Facts about one module. */
export function moduleFacts(module: KernelModule, version: string | null): readonly DeviceFact[] {
  return new FactList('driver', '/proc/modules', module.name)
    .number('size', module.sizeBytes, 'bytes')
    .number('users', module.users, 'count')
    .text('usedBy', module.usedBy.join(' '))
    .text('version', version)
    .text('taints', module.taints).rows
}

/** What the bits of `/proc/sys/kernel/tainted` mean to a technician (kernel documentation, tainted-kernels). */
const TAINTS: Readonly<Record<number, string>> = {
  0: 'a proprietary module was loaded',
  1: 'a module was loaded by force',
  3: 'a module was unloaded by force',
  4: 'the processor reported a hardware error',
  5: 'a memory page was found damaged',
  7: 'the kernel had an error before (oops)',
  9: 'the kernel gave a warning before',
  11: 'a workaround for a firmware fault is active',
  12: 'a module from outside the kernel was loaded',
  13: 'an unsigned module was loaded',
  14: 'a processor hung before (soft lockup)',
}

/** Words for the set bits of the taint value, or undefined when none is set. */
export function taintWords(value: string | null): string | undefined {
  const bits = wholeNumber(value)
  if (bits === undefined || bits === 0) return undefined
  const words = Object.entries(TAINTS)
    .filter(([bit]) => Math.floor(bits / 2 ** Number(bit)) % 2 === 1)
    .map(([, word]) => word)
  return lineOf(words.join('; '))
}

/** Facts out of `/proc/bus/input/devices`: keyboards, pointers, buttons. */
export function inputFacts(text: string): readonly DeviceFact[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const name = /^N: Name="(.*)"$/m.exec(block)?.[1]
    const handlers = /^H: Handlers=(.*)$/m.exec(block)?.[1]
    const item = /\b(event\d+)\b/.exec(handlers ?? '')?.[1]
    if (name === undefined) return []
    return new FactList('input', '/proc/bus/input/devices', item).text('name', name).text('handlers', handlers).rows
  })
}
