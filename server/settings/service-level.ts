import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Calendar, calendarProblems, DEFAULT_CALENDAR } from '../service-time/calendar.ts'

const closed = { additionalProperties: false } as const

/** Open time of the desk in minutes; null: no such target. */
const Minutes = Type.Union([Type.Integer({ minimum: 1, maximum: 525_600 }), Type.Null()])

/** What a ticket of one priority is promised. */
const Targets = Type.Object({ response: Minutes, update: Minutes, resolution: Minutes }, closed)

/** Why a ticket goes to another level; the first two come of the clock, people name the others. */
export const TRIGGERS = [
  'level-limit',
  'resolution-breach',
  'lacks-privilege',
  'lacks-expertise',
  'persistent',
  'complaint',
  'outage',
] as const
export type Trigger = (typeof TRIGGERS)[number]

/** What follows from a trigger at a ticket of one level. */
const Rule = Type.Object(
  {
    /** The level that it goes to; null: it stays. For what people name this is a proposal. */
    toLevel: Type.Union([Type.Integer({ minimum: 2, maximum: 3 }), Type.Null()]),
    /** Whether it is put before the leads. */
    tellLeads: Type.Boolean(),
    /** Whether it leaves its owner at once, without a word from the next; for triggers of the clock only. */
    unassign: Type.Boolean(),
  },
  closed,
)
export type EscalationRule = Static<typeof Rule>

/** One rule for each level, 1 to 3. */
const Rules = Type.Array(Rule, { minItems: 3, maxItems: 3 })

/** What the organisation promises about time, and what happens when it does not keep it. */
export const ServiceLevel = Type.Object(
  {
    calendar: Calendar,
    /** Of priorities 1 to 5. */
    targets: Type.Array(Targets, { minItems: 5, maxItems: 5 }),
    /** How long somebody may work on a ticket at levels 1 and 2. */
    levelMinutes: Type.Array(Minutes, { minItems: 2, maxItems: 2 }),
    /** How much of a time is used up when the desk is warned, in percent. */
    warnAtPercent: Type.Integer({ minimum: 10, maximum: 99 }),
    /** Minutes of open time without an entry in the log after which a ticket counts as stuck. */
    stuckMinutes: Type.Integer({ minimum: 10, maximum: 525_600 }),
    rules: Type.Object(
      {
        'level-limit': Rules,
        'resolution-breach': Rules,
        'lacks-privilege': Rules,
        'lacks-expertise': Rules,
        persistent: Rules,
        complaint: Rules,
        outage: Rules,
      } satisfies Record<Trigger, typeof Rules>,
      closed,
    ),
  },
  closed,
)
export type ServiceLevel = Static<typeof ServiceLevel>

function rules(toLevels: readonly [number | null, number | null], tellLeads: readonly boolean[]): EscalationRule[] {
  return [...toLevels, null].map((toLevel, at) => ({ toLevel, tellLeads: tellLeads[at] ?? true, unassign: false }))
}

/**
 * The procedure's own figures where it names one (30 minutes at level 1; level 3 for outages, what persists and
 * complaints), else what help desks usually promise.
 */
export const DEFAULT_SERVICE_LEVEL: ServiceLevel = {
  calendar: DEFAULT_CALENDAR,
  targets: [
    { response: 15, update: 30, resolution: 240 },
    { response: 30, update: 60, resolution: 480 },
    { response: 120, update: 240, resolution: 1_440 },
    { response: 480, update: 1_440, resolution: 4_320 },
    { response: 1_440, update: 2_880, resolution: 14_400 },
  ],
  levelMinutes: [30, 480],
  warnAtPercent: 80,
  stuckMinutes: 480,
  rules: {
    'level-limit': rules([2, 3], [true, true, true]),
    'resolution-breach': rules([null, null], [true, true, true]),
    'lacks-privilege': rules([2, 3], [false, true, true]),
    'lacks-expertise': rules([2, 3], [false, true, true]),
    persistent: rules([3, 3], [true, true, true]),
    complaint: rules([3, 3], [true, true, true]),
    outage: rules([3, 3], [true, true, true]),
  },
}

/** What is wrong with a service level, in sentences; empty when it can be used. */
export function serviceLevelProblems({ calendar, targets, rules: byTrigger }: ServiceLevel): readonly string[] {
  const tooLow = TRIGGERS.flatMap((trigger) =>
    byTrigger[trigger].flatMap(({ toLevel }, at) =>
      toLevel !== null && toLevel <= at + 1
        ? [`The rule “${trigger}” sends tickets of level ${at + 1} to level ${toLevel}, which is not above it.`]
        : [],
    ),
  )
  const outOfOrder = targets.flatMap(({ response, resolution }, at) =>
    response !== null && resolution !== null && response > resolution
      ? [`Priority ${at + 1} is to be resolved before it is answered.`]
      : [],
  )
  return [...calendarProblems(calendar), ...outOfOrder, ...tooLow]
}
