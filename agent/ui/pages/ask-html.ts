import { quoted } from '@askfirst/protocol/notice/plain-text.ts'
import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { TicketEntry } from '../../local/help-commands.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { PageContext } from '../layout.ts'
import { at, t } from '../layout.ts'
import { momentInWords, spanInWords } from '../texts.ts'

type Shown = CommandResult<'help.ticket'>
type Decision = NonNullable<TicketEntry['decided']>

/** The questions of the desk that wait; each is answered on a page of its own, which never loads itself again. */
export function asksHtml(context: PageContext, { ticket, asks }: Shown): readonly Html[] {
  return asks.map(
    ({ ask }) => html`<section class="note"><h2>${t(context, titleKey(ask))}</h2>${questionHtml(context, ask)}
<p class="choices"><a class="button" href="${at(context, `/help/${ticket.ticketId}/${ask.askId}`)}">${t(context, 'ask.toAnswer')}</a></p></section>`,
  )
}

/** What a question is about, in the agent's own words. */
export function titleKey({ kind }: TicketAsk) {
  const keys = {
    'approve-action': 'ask.approveTitle',
    'pick-time': 'ask.timeTitle',
    feedback: 'ask.feedbackTitle',
  } as const
  return keys[kind]
}

/** The question itself: the desk's words are quoted, all others are the agent's (SPEC P10). */
export function questionHtml(context: PageContext, ask: TicketAsk): Html {
  const { language } = context.session
  const role = t(context, `ask.role.${ask.by.role}` as const)
  const values = { name: quoted(ask.by.name, 200), role, at: momentInWords(language, ask.at) }
  return html`<p class="soft">${t(context, 'ask.who', values)}${
    ask.until === undefined ? null : html` ${t(context, 'ask.until', { until: momentInWords(language, ask.until) })}`
  }</p>${bodyHtml(context, ask)}`
}

function bodyHtml(context: PageContext, ask: TicketAsk): Html | null {
  switch (ask.kind) {
    case 'approve-action': {
      const { action, risk, who, why, undo } = ask.body
      const undone = undo === undefined ? t(context, 'ask.noUndo') : quoted(undo, 500)
      return html`<dl><dt>${t(context, 'ask.action')}</dt><dd>${quoted(action, 500)}</dd>
${why === undefined ? null : html`<dt>${t(context, 'ask.why')}</dt><dd>${quoted(why, 1_000)}</dd>`}
<dt>${t(context, 'ask.doneBy')}</dt><dd>${quoted(who, 200)}</dd>
<dt>${t(context, 'ask.risk')}</dt><dd>${t(context, `ask.risk.${risk}` as const)}</dd>
<dt>${t(context, 'ask.undo')}</dt><dd>${undone}</dd></dl>`
    }
    case 'pick-time': {
      const { what, place } = ask.body
      return html`<dl><dt>${t(context, 'ask.what')}</dt><dd>${quoted(what, 300)}</dd>
${place === undefined ? null : html`<dt>${t(context, 'ask.place')}</dt><dd>${quoted(place, 200)}</dd>`}</dl>`
    }
    case 'feedback':
      return null
  }
}

/** A choice in the agent's own words; a time in those of the language and of this computer's zone. */
export function choiceWords(context: PageContext, ask: TicketAsk, choice: string): string {
  if (ask.kind === 'pick-time') {
    const option = ask.body.options.find(({ optionId }) => optionId === choice)
    return option === undefined ? t(context, 'ask.choice.none') : spanInWords(context.session.language, option)
  }
  switch (choice) {
    case 'approved':
      return t(context, 'ask.choice.approved')
    case 'declined':
      return t(context, 'ask.choice.declined')
    case 'good':
      return t(context, 'ask.choice.good')
    case 'ok':
      return t(context, 'ask.choice.ok')
    default:
      return t(context, 'ask.choice.bad')
  }
}

/** What the person answered, under the question that they saw (SPEC P14). */
export function decidedHtml(context: PageContext, ticketId: string, { ask, choice }: Decision): Html {
  return html`<p>${t(context, titleKey(ask))} <strong>${choiceWords(context, ask, choice)}</strong></p>${bodyHtml(context, ask)}${
    ask.kind === 'pick-time' && choice !== 'none'
      ? html`<p><a href="${at(context, `/help/${ticketId}/${ask.askId}/calendar`)}" download>${t(context, 'ask.calendar')}</a></p>`
      : null
  }`
}
