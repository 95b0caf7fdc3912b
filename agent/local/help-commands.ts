import { Count, Instant, line, Sha256 } from '@askfirst/protocol/fields.ts'
import { AttachmentId, TicketId } from '@askfirst/protocol/ids.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { Choice, TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { Static, TSchema } from 'typebox'
import { Type } from 'typebox'

const closed = { additionalProperties: false }
const none = Type.Object({}, closed)
const language = Type.Enum([...LANGUAGES])
/** Bytes of a file in one command: in base64 they fit a frame of the local channel. */
export const LOCAL_PIECE_BYTES = 32_768

const [Opened, Reply, Answer, Decided] = StatementRecord.properties.said.anyOf
const { attachments: _refs, kind: _opened, ...openedFields } = Opened.properties

/** Files that were handed over before, by the names that the person sees. */
const Files = Type.Array(Type.Object({ attachmentId: AttachmentId, name: line(120) }, closed), {
  maxItems: LIMITS.maxAttachments,
})

const Code = Type.Optional(Type.String({ maxLength: 64 }))

/** A ticket as lists show it; `title`, `assignee` and texts can be the server's. */
const TicketSummary = Type.Object(
  {
    ticketId: TicketId,
    openedHere: Type.Boolean(),
    since: Instant,
    title: Type.String(),
    stage: Type.Enum(['unsent', 'refused', 'new', 'open', 'waiting', 'resolved', 'closed']),
    /** Why it was refused. */
    code: Code,
    number: Type.Optional(Count),
    updatedAt: Type.Optional(Instant),
    assignee: Type.Optional(Type.String()),
    fixed: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    unread: Count,
    unsent: Count,
    asksFixed: Type.Boolean(),
    /** Questions of the desk that the person can answer now. */
    asks: Count,
  },
  closed,
)
export type TicketSummary = Static<typeof TicketSummary>

const ShownFile = Type.Object(
  { name: Type.String(), bytes: Count, state: Type.Enum(['waiting', 'complete', 'refused']), code: Code },
  closed,
)

/** One thing that was said in a ticket. `elsewhere`: under the person's name, but not on this computer. */
const TicketEntry = Type.Object(
  {
    from: Type.Enum(['desk', 'you', 'elsewhere']),
    at: Instant,
    author: Type.String(),
    text: Type.String(),
    isNew: Type.Boolean(),
    /** The answer to "is it fixed?"; absent: a message. */
    fixed: Type.Optional(Type.Boolean()),
    /** The answer to a question of the desk, with the question as it was shown. */
    decided: Type.Optional(Type.Object({ choice: Choice, ask: TicketAsk }, closed)),
    /** Of what was said here: whether the server has it. */
    state: Type.Optional(Type.Enum(['waiting', 'recorded', 'refused'])),
    code: Code,
    files: Type.Array(ShownFile),
  },
  closed,
)
export type TicketEntry = Static<typeof TicketEntry>

/** What an account can do about its own tickets. */
export const HELP_COMMANDS = {
  /** Takes the next bytes of a file; without an id it begins one. */
  'help.attach': {
    args: Type.Object(
      {
        attachmentId: Type.Optional(AttachmentId),
        offset: Type.Integer({ minimum: 0, maximum: LIMITS.maxAttachmentBytes }),
        data: Type.String({
          pattern: '^[A-Za-z0-9+/]+={0,2}$',
          minLength: 4,
          maxLength: 4 * Math.ceil(LOCAL_PIECE_BYTES / 3),
        }),
      },
      closed,
    ),
    result: Type.Object({ attachmentId: AttachmentId, nextOffset: Count }, closed),
  },
  /** Deletes a file that no statement names. */
  'help.detach': { args: Type.Object({ attachmentId: AttachmentId }, closed), result: none },
  'help.open': {
    args: Type.Object({ ...openedFields, files: Files, language }, closed),
    result: Type.Object({ ticketId: TicketId }, closed),
  },
  'help.reply': {
    args: Type.Object({ ticketId: TicketId, text: Reply.properties.text, files: Files, language }, closed),
    result: none,
  },
  'help.answer': {
    args: Type.Object(
      { ticketId: TicketId, fixed: Answer.properties.fixed, text: Answer.properties.text, language },
      closed,
    ),
    result: none,
  },
  /** Answers a question of the desk; the hash is of the question that the person saw. */
  'help.decide': {
    args: Type.Object(
      {
        ticketId: TicketId,
        askId: Decided.properties.askId,
        askSha256: Sha256,
        choice: Choice,
        text: Decided.properties.text,
        language,
      },
      closed,
    ),
    result: none,
  },
  'help.tickets': { args: none, result: Type.Object({ tickets: Type.Array(TicketSummary) }, closed) },
  /** One ticket with all that was said; the desk's messages count as read from then on. */
  'help.ticket': {
    args: Type.Object({ ticketId: TicketId }, closed),
    result: Type.Object(
      {
        ticket: TicketSummary,
        /** What the person wrote when they opened it here. */
        opened: Type.Optional(Type.Object({ ...Opened.properties, attachments: Type.Array(ShownFile) }, closed)),
        entries: Type.Array(TicketEntry),
        /** Questions that can be answered now; the texts are the server's. */
        asks: Type.Array(Type.Object({ ask: TicketAsk, askSha256: Sha256 }, closed)),
      },
      closed,
    ),
  },
  /** Tickets with something new of the desk that was not announced yet; who asks announces it. */
  'help.news': { args: none, result: Type.Object({ tickets: Type.Array(TicketId) }, closed) },
} as const satisfies Record<string, { readonly args: TSchema; readonly result: TSchema }>
