import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Count, Instant } from '../fields.ts'
import { personal } from '../privacy.ts'

/**
 * How serious an event is, in the words of the Windows event log. Syslog priorities 0 to 2 are `critical`, 3 `error`,
 * 4 `warning`, 5 and 6 `information`, 7 `verbose` (RFC 5424 section 6.2.1); macOS `Fault` is `critical`.
 */
export const EVENT_LEVELS = ['critical', 'error', 'warning', 'information', 'verbose'] as const
export type EventLevel = (typeof EVENT_LEVELS)[number]

/** Most named values of one event that travel; Windows events have rarely more than 30. */
export const MAX_EVENT_VALUES = 64

/** A row of `eventlog.query`: one logged event. A field that the source did not give is absent. */
export const EventRow = Type.Object(
  {
    time: Instant,
    level: Type.Enum([...EVENT_LEVELS]),
    /** True when the source keeps no level (plain syslog files) and it was told from the words of the message. */
    levelGuessed: Type.Optional(Type.Literal(true)),
    /** Who logged it: event provider, syslog identifier, or on macOS the subsystem or process. */
    provider: personal('freeText', { minLength: 1, maxLength: 256 }),
    /** Number of the event within its provider; Windows only. */
    eventId: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** The log it was read from: a Windows channel, `journal`, `syslog`, `security`, `kernel` or `unified`. */
    channel: Type.String({ minLength: 1, maxLength: 256 }),
    /** Number of the record within its log; Windows only. */
    recordId: Type.Optional(Count),
    pid: Type.Optional(Count),
    threadId: Type.Optional(Count),
    /** Computer that logged it. */
    host: Type.Optional(personal('hostName', { minLength: 1, maxLength: 256 })),
    /** Account on whose behalf it was logged: a SID on Windows, a numeric id elsewhere. */
    user: Type.Optional(personal('userName', { minLength: 1, maxLength: 256 })),
    /** Program that logged it. */
    program: Type.Optional(personal('path', { minLength: 1, maxLength: 1_024 })),
    /** systemd unit that the program belongs to. */
    unit: Type.Optional(personal('freeText', { minLength: 1, maxLength: 256 })),
    /** Task (Windows) or category (macOS) within the provider. */
    category: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    /** Keyword bits, e.g. `0x8080000000000000`; Windows only. */
    keywords: Type.Optional(Type.String({ pattern: '^0x[0-9a-f]{1,16}$', maxLength: 18 })),
    /** Text for people. Absent on Windows, where only the values below are read and no text is rendered. */
    message: Type.Optional(personal('freeText', { minLength: 1, maxLength: 16_384 })),
    /** Id of this kind of message in the systemd catalogue: 32 hexadecimal digits. */
    messageId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$', maxLength: 32 })),
    /** Boot in which it was logged: 32 hexadecimal digits. */
    bootId: Type.Optional(Type.String({ pattern: '^[0-9a-f]{32}$', maxLength: 32 })),
    /** Named values of the event; unnamed ones are called `param1`, `param2`, ... */
    data: Type.Optional(
      Type.Record(Type.String({ minLength: 1, maxLength: 128 }), personal('freeText', { maxLength: 4_096 }), {
        maxProperties: MAX_EVENT_VALUES,
      }),
    ),
    /** True when a text was longer than its field may be, or when values were left out. */
    cut: Type.Optional(Type.Literal(true)),
  },
  closed,
)
export type EventRow = Static<typeof EventRow>
