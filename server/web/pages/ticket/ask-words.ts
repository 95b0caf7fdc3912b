import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { fullTime } from '../../ui/time.tsx'

const TEXTS: Readonly<Record<TicketAsk['kind'], string>> = {
  'approve-action': 'asked the person to agree to this',
  'pick-time': 'asked the person which time suits them',
  feedback: 'asked the person how the help was',
}
const CHOICES: Readonly<Record<string, string>> = {
  approved: 'they agree',
  declined: 'they do not agree',
  none: 'none of the times suits them',
  good: 'the help was good',
  ok: 'the help was all right',
  bad: 'the help was not good',
}
const TAKEN_BACK: Readonly<Record<string, string>> = {
  withdrawn: 'took a question back',
  'ticket-closed': 'took a question back, because the ticket was closed',
}

/** Whether a value out of the log is a question that this page can show; the server has checked all of its fields. */
export function isAsk(value: unknown): value is TicketAsk {
  if (typeof value !== 'object' || value === null) return false
  const kind: unknown = Reflect.get(value, 'kind')
  return typeof kind === 'string' && Object.hasOwn(TEXTS, kind)
}

/** What was asked, after the name of who asked. */
export function askText({ kind }: TicketAsk): string {
  return TEXTS[kind]
}

/** The words of the question; null: it has none of its own. */
export function askQuote(ask: TicketAsk): string | null {
  if (ask.kind === 'approve-action') return ask.body.action
  return ask.kind === 'pick-time' ? ask.body.what : null
}

/** What else the person was told, line by line. */
export function askLines(ask: TicketAsk): readonly string[] {
  const until = ask.until === undefined ? [] : [`They can answer until ${fullTime(ask.until)}`]
  switch (ask.kind) {
    case 'approve-action': {
      const { risk, who, why, undo } = ask.body
      const undone = undo === undefined ? [] : [`Can be taken back: ${undo}`]
      return [`Risk: ${risk}. Done by: ${who}`, ...(why === undefined ? [] : [`Why: ${why}`]), ...undone, ...until]
    }
    case 'pick-time': {
      const { options, place } = ask.body
      return [...options.map(spanText), ...(place === undefined ? [] : [`Where: ${place}`]), ...until]
    }
    case 'feedback':
      return until
  }
}

/** What the person chose, in words. */
export function choiceText(choice: string, ask: TicketAsk | undefined): string {
  const option = ask?.kind === 'pick-time' ? ask.body.options.find(({ optionId }) => optionId === choice) : undefined
  return option === undefined ? (CHOICES[choice] ?? choice) : spanText(option)
}

/** To which question an answer was given. */
export function answeredLines(ask: TicketAsk | undefined): readonly string[] {
  const quote = ask === undefined ? null : askQuote(ask)
  return quote === null ? [] : [`To the question: ${quote}`]
}

export function takenBackText(reason: string, ask: TicketAsk | undefined): string {
  const quote = ask === undefined ? null : askQuote(ask)
  const text = TAKEN_BACK[reason] ?? 'took a question back'
  return quote === null ? text : `${text}: ${quote}`
}

const SPAN = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' })

/** From when until when, in the time zone of this browser. */
export function spanText({ from, until }: { readonly from: string; readonly until: string }): string {
  return SPAN.formatRange(new Date(from), new Date(until))
}
