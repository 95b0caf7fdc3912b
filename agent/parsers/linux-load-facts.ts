import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { FactList } from './device-facts.ts'
import { decimalNumber, wholeNumber } from './values.ts'

/** Facts out of `/proc/loadavg`: processes that run or wait, averaged over 1, 5 and 15 minutes. */
export function loadAverageFacts(text: string): readonly DeviceFact[] {
  const [one, five, fifteen, running] = text.trim().split(/\s+/)
  return new FactList('load', '/proc/loadavg')
    .number('load1', decimalNumber(one))
    .number('load5', decimalNumber(five))
    .number('load15', decimalNumber(fifteen))
    .number('threadsRunning', wholeNumber(running?.split('/')[0]), 'count')
    .number('threads', wholeNumber(running?.split('/')[1]), 'count').rows
}

/** Facts out of `/proc/pressure/{cpu,memory,io}`: share of time in which work had to wait for the resource. */
export function pressureFacts(text: string, resource: string): readonly DeviceFact[] {
  const list = new FactList('load', `/proc/pressure/${resource}`, `pressure ${resource}`)
  for (const line of text.split('\n')) {
    const kind = /^(some|full) /.exec(line)?.[1]
    if (kind === undefined) continue
    for (const seconds of ['10', '60', '300']) {
      list.number(`${kind}${seconds}`, decimalNumber(new RegExp(`avg${seconds}=([\\d.]+)`).exec(line)?.[1]), 'percent')
    }
  }
  return list.rows
}

/** Facts out of `/proc/vmstat`: counters of the memory management since the start, by the kernel's names. */
export function vmstatFacts(text: string): readonly DeviceFact[] {
  const list = new FactList('load', '/proc/vmstat', 'memory counters')
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-z0-9_]{1,64}) (\d{1,16})$/.exec(line) ?? []
    if (name !== undefined) list.number(name, wholeNumber(value), 'count')
  }
  return list.rows
}

/** Facts out of `/proc/stat`: time of all processors since the start by kind, and counters. */
export function statFacts(text: string): readonly DeviceFact[] {
  const list = new FactList('load', '/proc/stat')
  const times = /^cpu\s+(.*)$/m.exec(text)?.[1]?.split(' ') ?? []
  const kinds = ['user', 'nice', 'system', 'idle', 'ioWait', 'irq', 'softIrq', 'steal']
  for (const [at, kind] of kinds.entries()) {
    const ticks = wholeNumber(times[at])
    list.number(`${kind}Time`, ticks === undefined ? undefined : ticks * 10, 'ms')
  }
  for (const name of ['ctxt', 'processes', 'procs_running', 'procs_blocked']) {
    list.number(name, wholeNumber(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]), 'count')
  }
  return list.rows
}
