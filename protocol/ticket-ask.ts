import type { Static, TProperties } from 'typebox'
import { Type } from 'typebox'
import { canonicalJson } from './canonical.ts'
import { closed } from './define-message.ts'
import { Instant, line } from './fields.ts'
import { AskId } from './ids.ts'

/** Kinds of questions that the desk can put to the person of a ticket (SPEC P10); a kind keeps its meaning for ever. */
const ASK_KINDS = ['approve-action', 'pick-time', 'feedback'] as const
export type AskKind = (typeof ASK_KINDS)[number]

const ACTION_RISKS = ['low', 'medium', 'high'] as const

/** Something that the desk means to do by hand: the person says whether they agree. */
export const ApproveAction = Type.Object(
  {
    action: line(500),
    risk: Type.Enum([...ACTION_RISKS]),
    /** Who carries it out, in words. */
    who: line(200),
    why: Type.Optional(line(1_000)),
    /** How it is taken back; absent: the desk does not say. */
    undo: Type.Optional(line(500)),
  },
  closed,
)
export type ApproveAction = Static<typeof ApproveAction>

/** One of the times that the desk offers. */
const TimeOption = Type.Object(
  { optionId: Type.String({ pattern: '^time-[1-6]$', maxLength: 6 }), from: Instant, until: Instant },
  closed,
)

/** Times of which the person picks one. */
const PickTime = Type.Object(
  {
    options: Type.Array(TimeOption, { minItems: 1, maxItems: 6 }),
    /** Where, in words; absent: wherever the person is. */
    place: Type.Optional(line(200)),
    what: line(300),
  },
  closed,
)

/** How the help was; the question needs no words of the desk. */
export const AskFeedback = Type.Object({}, closed)

function askOf<const Kind extends AskKind, const Body extends TProperties>(
  kind: Kind,
  body: ReturnType<typeof Type.Object<Body>>,
) {
  return Type.Object(
    {
      askId: AskId,
      kind: Type.Literal(kind),
      at: Instant,
      /** Who asks, as the server says. */
      by: Type.Object({ name: line(200), role: Type.Enum(['technician', 'lead', 'admin', 'desk']) }, closed),
      /** From then on the question stands no more; absent: it stands until the desk takes it back. */
      until: Type.Optional(Instant),
      body,
    },
    closed,
  )
}

/** One question of the desk to the person of a ticket, as it is shown and as the answer names it by hash. */
export const TicketAsk = Type.Union([
  askOf('approve-action', ApproveAction),
  askOf('pick-time', PickTime),
  askOf('feedback', AskFeedback),
])
export type TicketAsk = Static<typeof TicketAsk>

/** What can be answered: each kind of question has a closed list of choices. */
export const Choice = Type.String({ pattern: '^[a-z][a-z0-9-]*$', maxLength: 16 })

/** The choices of a question, in the order in which they are offered. */
export function choicesOf(ask: TicketAsk): readonly string[] {
  switch (ask.kind) {
    case 'approve-action':
      return ['approved', 'declined']
    case 'pick-time':
      return [...ask.body.options.map(({ optionId }) => optionId), 'none']
    case 'feedback':
      return ['good', 'ok', 'bad']
  }
}

/** The text whose SHA-256 an answer names (SPEC P11): RFC 8785 JSON of the question exactly as it was sent. */
export function askText(ask: TicketAsk): string {
  return canonicalJson(ask)
}

/** Whether a question takes no answer any more at an instant, by its own bound. */
export function isAskOver({ until }: Pick<TicketAsk, 'until'>, nowMs: number): boolean {
  return until !== undefined && nowMs >= Date.parse(until)
}
