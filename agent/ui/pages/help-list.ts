import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import type { TicketSummary } from '../../local/help-commands.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import type { PageContext } from '../layout.ts'
import { at, liveLine, page, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { TextKey } from '../texts.ts'
import { momentInWords } from '../texts.ts'
import type { PageCall } from './page-call.ts'

const REFRESH_S = 5

/** The way to a new ticket, and the tickets of this account. */
export async function ticketListPage(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const { tickets } = await deps.agent.call('help.tickets', {})
  const isStill = request.query.get('still') === '1'
  const main = html`<p>${t(context, 'help.about')}</p>
<p class="choices"><a class="button" href="${at(context, '/help/new')}">${t(context, 'help.new')}</a></p>
${
  tickets.length === 0
    ? html`<div class="card"><p>${t(context, 'help.none')}</p></div>`
    : html`<h2>${t(context, 'help.yours')}</h2>${tickets.map((ticket) => ticketHtml(context, ticket))}`
}
${liveLine(context, isStill)}`
  const title = t(context, 'help.title')
  return { kind: 'page', body: page(context, { title, main }), refreshS: isStill ? undefined : REFRESH_S }
}

function ticketHtml(context: PageContext, ticket: TicketSummary): Html {
  const { ticketId, number, updatedAt, since } = ticket
  return html`<section${wantsLook(ticket) ? html` class="note"` : null}>
<h3><a href="${at(context, `/help/${ticketId}`)}">${plainText(ticket.title, 200)}</a></h3>
<p>${stageWords(context, ticket)} <span class="soft">· ${
    number === undefined ? null : html`${t(context, 'help.ticketNumber', { number })} · `
  }${momentInWords(context.session.language, updatedAt ?? since)}</span></p>
${callHtml(context, ticket)}</section>`
}

/** Whether the person is waited for, or was answered. */
export function wantsLook({ asksFixed, asks, unread }: TicketSummary): boolean {
  return asksFixed || asks > 0 || unread > 0
}

/** What the desk wants of the person; null: nothing. */
export function callHtml(context: PageContext, { asksFixed, asks, unread }: TicketSummary): Html | null {
  if (asksFixed) return html`<p><strong>${t(context, 'help.asksFixed')}</strong></p>`
  if (asks > 0) return html`<p><strong>${t(context, 'ask.waits')}</strong></p>`
  return unread > 0 ? html`<p><strong>${t(context, 'help.unread')}</strong></p>` : null
}

/** Where a ticket stands, in words. */
function stageWords(context: PageContext, { stage }: Pick<TicketSummary, 'stage'>): string {
  return t(context, `help.stage.${stage}` satisfies TextKey)
}
