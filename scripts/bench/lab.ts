import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Child } from './child.ts'
import type { FloorCalls } from './floor-process.ts'
import type { LoadCalls } from './load-process.ts'
import { round } from './measure.ts'
import type { ServerCalls } from './server-process.ts'

/** What a part of the bench works with: a folder, the processes it needs, and how big to be. */
export interface Lab {
  /** Whether to measure little, only to show that it works. */
  readonly isQuick: boolean
  readonly folder: string
  /** Says what happens, on standard error. */
  readonly say: (line: string) => void
  /** Ends with the part, whatever happens. */
  readonly atEnd: (end: () => Promise<void> | void) => void
}

export interface Stage {
  readonly server: Child<ServerCalls>
  readonly load: Child<LoadCalls>
  readonly facts: Awaited<ReturnType<ServerCalls['facts']>>
}

/** Runs one part in a folder of its own; every process is ended and the folder removed. */
export async function inLab<Result>(
  options: Pick<Lab, 'isQuick' | 'say'>,
  part: (lab: Lab) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'askfirst-bench-'))
  const ends: (() => Promise<void> | void)[] = []
  try {
    return await part({ ...options, folder, atEnd: (end) => ends.push(end) })
  } finally {
    for (const end of ends.toReversed()) await end()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Starts a server, and a load process with so many enrolled devices. */
export async function openStage(lab: Lab, deviceCount: number): Promise<Stage> {
  const server = await startServerChild(lab)
  const load = await Child.start<LoadCalls>(new URL('./load-process.ts', import.meta.url), {
    log: join(lab.folder, 'load.log'),
  })
  lab.atEnd(() => load.stop())
  const facts = await server.call('facts')
  const from = performance.now()
  await load.call('enrol', facts, await server.call('token', deviceCount), deviceCount)
  lab.say(`  ${deviceCount} devices enrolled in ${round((performance.now() - from) / 1_000, 1)} s`)
  return { server, load, facts }
}

export async function startServerChild(lab: Lab): Promise<Child<ServerCalls>> {
  const server = await Child.start<ServerCalls>(new URL('./server-process.ts', import.meta.url), {
    args: [join(lab.folder, 'server')],
    log: join(lab.folder, 'server.log'),
  })
  lab.atEnd(() => server.stop())
  return server
}

/** Starts the bare server with the keys of the real one. */
export async function startFloor(lab: Lab, keys: string): Promise<Child<FloorCalls>> {
  const floor = await Child.start<FloorCalls>(new URL('./floor-process.ts', import.meta.url), {
    args: [keys],
    log: join(lab.folder, 'floor.log'),
  })
  lab.atEnd(() => floor.stop())
  return floor
}
