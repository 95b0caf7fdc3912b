import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

/**
 * What was changed. `installed`, `updated`, `downgraded` and `removed` are about software; `driver` about a device's
 * driver; `service` about a service that was added or whose start mode was changed; `osUpdate` about the system itself.
 */
export const CHANGE_KINDS = ['installed', 'updated', 'downgraded', 'removed', 'driver', 'service', 'osUpdate'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** A row of `change.recent`: one change of software, drivers, services or the system. Unknown fields are absent. */
export const ChangeRow = Type.Object(
  {
    time: Instant,
    /** True when the source gives the day only; `time` is then its start on this machine. */
    dayOnly: Type.Optional(Type.Literal(true)),
    kind: Type.Enum([...CHANGE_KINDS]),
    name: personal('freeText', { minLength: 1, maxLength: 512 }),
    fromVersion: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    toVersion: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    architecture: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    /** Absent when the source does not say how it ended. */
    result: Type.Optional(Type.Enum(['succeeded', 'failed', 'running'])),
    /** Error code of a failed change as the source writes it, e.g. `0x80070643`. */
    code: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    publisher: Type.Optional(personal('freeText', { minLength: 1, maxLength: 256 })),
    /** Account that asked for it. */
    by: Type.Optional(personal('userName', { minLength: 1, maxLength: 256 })),
    /** Command that did it, as the package manager logged it. */
    commandLine: Type.Optional(personal('commandLine', { minLength: 1, maxLength: 4_096 })),
    /** More in the source's words, e.g. the start mode of a service before and after. */
    detail: Type.Optional(personal('freeText', { minLength: 1, maxLength: 1_024 })),
    /** What gave the row: `dpkg.log`, `apt`, `rpm`, `pacman.log`, `snap`, `MsiInstaller 11707`, `uninstall-key`, ... */
    source: Type.String({ minLength: 1, maxLength: 128 }),
  },
  closed,
)
export type ChangeRow = Static<typeof ChangeRow>
