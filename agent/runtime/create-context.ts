import { setTimeout as wait } from 'node:timers/promises'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Accounts } from '../platform/accounts.ts'
import { createCommands } from '../platform/commands.ts'
import { createFiles } from '../platform/files.ts'
import type { SourceLog } from '../platform/source-log.ts'
import type { VolumeProbe } from '../platform/volume.ts'
import type { CollectorContext, SourceError } from './collector-context.ts'

/** What all runs of one host share. */
export interface Machine {
  readonly platform: Platform
  readonly accounts: Accounts
  readonly volumes: VolumeProbe
  readonly now: () => Date
}

interface RunParts {
  readonly machine: Machine
  readonly sources: SourceLog
  readonly signal: AbortSignal
  readonly partial: (error: SourceError) => void
}

/** The context of one run: the collector's only way to the machine. */
export function createContext({ machine, sources, signal, partial }: RunParts): CollectorContext {
  const { platform, accounts, volumes, now } = machine
  return {
    platform,
    signal,
    now,
    sleep: (ms) => wait(ms, undefined, { signal }),
    files: createFiles({ sources, signal, volume: (path, timeoutMs) => volumes.read(path, timeoutMs) }),
    commands: createCommands({ platform, sources, signal }),
    partial,
    noteSource: (record) => sources.add(record),
    userName: (uid) => accounts.nameOf(uid),
  }
}
