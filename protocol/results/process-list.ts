import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Count, Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

/** What a process does at the moment; `blocked` waits for a device (state D on Linux, U on macOS). */
const PROCESS_STATES = ['running', 'sleeping', 'blocked', 'stopped', 'zombie', 'idle', 'dead'] as const

/** A row of `process.list`: one running program. A field that could not be read is absent. */
export const ProcessRow = Type.Object(
  {
    pid: Type.Integer({ minimum: 0, maximum: 4_294_967_295 }),
    ppid: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    name: personal('freeText', { minLength: 1, maxLength: 256 }),
    user: Type.Optional(personal('userName', { minLength: 1, maxLength: 256 })),
    /** Share of one logical processor in the sample: 100 is one processor fully busy, more than 100 is several. */
    cpuPercent: Type.Optional(Type.Number({ minimum: 0 })),
    /** Processor time since the start, in ms. */
    cpuTimeMs: Type.Optional(Count),
    /** Memory in RAM now, in bytes. */
    rssBytes: Type.Optional(Count),
    /** Part of `rssBytes` that no other process shares, in bytes. */
    privateBytes: Type.Optional(Count),
    /** Memory of this process in swap, in bytes. */
    swapBytes: Type.Optional(Count),
    memoryPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    state: Type.Optional(Type.Enum([...PROCESS_STATES])),
    startedAt: Type.Optional(Instant),
    threads: Type.Optional(Count),
    /** Open handles; Windows only. */
    handles: Type.Optional(Count),
    /** Scheduling priority: nice value on Linux and macOS, base priority on Windows. */
    priority: Type.Optional(Type.Integer({ minimum: -128, maximum: 128 })),
    /** Bytes read since the start: from storage on Linux, from all devices on Windows. */
    readBytes: Type.Optional(Count),
    writtenBytes: Type.Optional(Count),
    /** Bytes a second in the sample. */
    readBytesPerSecond: Type.Optional(Type.Number({ minimum: 0 })),
    writtenBytesPerSecond: Type.Optional(Type.Number({ minimum: 0 })),
    /** Control group of the process (Linux), which names its service or session. */
    group: Type.Optional(personal('path', { minLength: 1, maxLength: 1_024 })),
    /** With arguments; only when the person allowed it. */
    commandLine: Type.Optional(personal('commandLine', { minLength: 1, maxLength: 8_192 })),
  },
  closed,
)
export type ProcessRow = Static<typeof ProcessRow>
