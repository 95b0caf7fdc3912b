import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const MIB = 1_048_576

/** Middle and tail of some measurements, rounded to two places. */
export interface Spread {
  readonly samples: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** @throws RangeError when nothing was measured */
export function spread(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('nothing was measured')
  const sorted = values.toSorted((a, b) => a - b)
  const at = (part: number) => round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0)
  return { samples: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

export function round(value: number, places = 2): number {
  return Number(value.toFixed(places))
}

/** Monotonic time in ms; on Linux the same for all processes of a machine. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** Memory of a process in MiB, from the kernel (proc(5), smaps_rollup). */
export function memoryOf(pid: number): { readonly rssMb: number; readonly privateMb: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const kb = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  return { rssMb: round(kb('Rss') / 1_024), privateMb: round((kb('Private_Clean') + kb('Private_Dirty')) / 1_024) }
}

/** Resident memory in MiB, cheap enough to be asked often. */
export function rssOf(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return round(Number(kb ?? 0) / 1_024)
}

/** CPU time of all threads of a process in ms, in the scheduler's own nanoseconds. */
export function cpuMsOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const ns = threads.map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  )
  return ns.reduce((sum, one) => sum + one, 0) / 1e6
}

/** Watches the resident memory of a process; `stop` gives the most it had, in MiB. */
export function watchPeak(pid: number): { readonly stop: () => number } {
  let peak = rssOf(pid)
  const timer = setInterval(() => {
    peak = Math.max(peak, rssOf(pid))
  }, 50)
  return {
    stop() {
      clearInterval(timer)
      return Math.max(peak, rssOf(pid))
    },
  }
}

/** This process's use of CPU and memory; ms and MiB. Taken within the process that is measured. */
export function ownUsage() {
  const { user, system } = process.cpuUsage()
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
  return {
    cpuMs: (user + system) / 1_000,
    rssMb: round(rss / MIB),
    heapMb: round(heapUsed / MIB),
    externalMb: round(external / MIB),
    buffersMb: round(arrayBuffers / MIB),
  }
}

/** Collects garbage, so that what is still held is measured and not what was forgotten. */
export async function settledUsage() {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.()
    await sleep(300)
  }
  return ownUsage()
}

/** Asks until there is an answer. @throws Error after `limitMs` */
export async function until<Value>(
  what: string,
  limitMs: number,
  ask: () => Promise<Value | null> | Value | null,
): Promise<Value> {
  const end = Date.now() + limitMs
  while (Date.now() < end) {
    const value = await ask()
    if (value !== null) return value
    await sleep(10)
  }
  throw new Error(`waited ${limitMs / 1_000} s in vain until ${what}`)
}
