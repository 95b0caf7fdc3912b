import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Count, Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

/**
 * What a service does now. `finished` ran to its end as it should (a systemd oneshot), `failed` ended with an error,
 * `unknown` means that the state could not be read and only the definition is known.
 */
export const SERVICE_STATES = [
  'running',
  'starting',
  'stopping',
  'paused',
  'finished',
  'stopped',
  'failed',
  'unknown',
] as const
export type ServiceState = (typeof SERVICE_STATES)[number]

/** When the system starts a service. `onDemand`: a socket, timer, device or another service starts it. */
const SERVICE_START_MODES = ['boot', 'automatic', 'automaticDelayed', 'onDemand', 'manual', 'disabled'] as const
export type ServiceStartMode = (typeof SERVICE_START_MODES)[number]

/** A row of `service.list`: one service or daemon. A field that could not be read is absent. */
export const ServiceRow = Type.Object(
  {
    /** Its name for the system: `ssh.service`, `Spooler`, `com.apple.cupsd`. */
    name: personal('freeText', { minLength: 1, maxLength: 256 }),
    /** Its name for people. */
    title: Type.Optional(personal('freeText', { minLength: 1, maxLength: 512 })),
    state: Type.Enum([...SERVICE_STATES]),
    /** The state in the system's own words, e.g. `active/running`, `activating/auto-restart`, `Stopped`. */
    stateDetail: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
    startMode: Type.Optional(Type.Enum([...SERVICE_START_MODES])),
    /** False when the definition is missing, broken or masked; absent when it is fine. */
    loaded: Type.Optional(Type.Boolean()),
    pid: Type.Optional(Count),
    /** Exit code of its last end: a Win32 error on Windows, the program's own elsewhere. */
    exitCode: Type.Optional(Type.Integer()),
    /** The service's own error code; Windows only, where `exitCode` is 1066. */
    serviceExitCode: Type.Optional(Type.Integer()),
    /** Signal that ended it last. */
    exitSignal: Type.Optional(Type.Integer({ minimum: 1, maximum: 255 })),
    /** Why it ended, in systemd's words: `exit-code`, `signal`, `timeout`, `oom-kill`, ... */
    result: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    /** How often systemd restarted it by itself. */
    restarts: Type.Optional(Count),
    startedAt: Type.Optional(Instant),
    memoryBytes: Type.Optional(Count),
    /** Account it runs as. */
    account: Type.Optional(personal('userName', { minLength: 1, maxLength: 256 })),
    /** Program with arguments; only when the person allowed it. */
    commandLine: Type.Optional(personal('commandLine', { minLength: 1, maxLength: 8_192 })),
    /** File that defines it. */
    definedIn: Type.Optional(personal('path', { minLength: 1, maxLength: 1_024 })),
    /** What gave the row: `systemd`, `unit-file`, `init.d`, `openrc`, `launchd`, `Win32_Service`. */
    source: Type.String({ minLength: 1, maxLength: 64 }),
  },
  closed,
)
export type ServiceRow = Static<typeof ServiceRow>
