import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import { durationInWords } from '@askfirst/protocol/notice/duration-words.ts'
import { noticeWords } from '@askfirst/protocol/notice/languages.ts'
import { quoted } from '@askfirst/protocol/notice/plain-text.ts'
import type { GrantSummary, RunProgress } from '../../local/commands.ts'
import { isAhead } from '../../local/grant-time.ts'
import { collectorTitle } from '../collector-title.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, liveLine, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { RequestStory } from '../record-story.ts'
import { storiesOf } from '../record-story.ts'
import type { TextKey } from '../texts.ts'
import { sizeInWords, spanInWords } from '../texts.ts'
import type { PageCall } from './page-call.ts'

const REFRESH_S = 3

/** What is being read now, what has left, how long still, and Stop. */
export async function sessionPage(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const [{ grants }, { runs }, status] = await Promise.all([
    deps.agent.call('requests.list', {}),
    deps.agent.call('runs.progress', {}),
    deps.agent.call('status', {}),
  ])
  const active = grants.filter(({ ended }) => ended === undefined)
  const stories = active.length === 0 ? [] : storiesOf(await deps.record.entries())
  const isStill = request.query.get('still') === '1'
  const main = html`${active.length === 0 ? html`<div class="card"><p>${t(context, 'session.none')}</p></div>` : null}
${active.map((summary) => grantHtml(call, { summary, runs, stories }))}
${status.link === 'connected' || active.length === 0 ? null : html`<p class="soft">${t(context, 'session.offline')}</p>`}
${liveLine(context, isStill)}`
  const title = t(context, titleOf(active))
  return { kind: 'page', body: page(context, { title, main }), refreshS: isStill ? undefined : REFRESH_S }
}

/** Says that a session is active only when something may be read now. */
function titleOf(active: readonly GrantSummary[]): TextKey {
  if (active.length === 0) return 'page.session'
  return active.every(isAhead) ? 'ahead.heading' : 'session.title'
}

interface GrantParts {
  readonly summary: GrantSummary
  readonly runs: readonly RunProgress[]
  readonly stories: readonly RequestStory[]
}

function grantHtml(call: PageCall, { summary, runs, stories }: GrantParts): Html {
  const { context } = call
  const { language } = context.session
  const { grant, technician, ticketNumber, ticketTitle } = summary
  const own = runs.filter(({ grantId }) => grantId === grant.grantId)
  const sent = sentSoFar(
    own,
    stories.find(({ grantId }) => grantId === grant.grantId),
  )
  const figures = { rows: sent.rows.toLocaleString(language), bytes: sizeInWords(language, sent.bytes) }
  const who = { name: quoted(technician, 200), number: ticketNumber, title: quoted(ticketTitle, 200) }
  return html`<section><form method="post" action="${at(context, `/grants/${grant.grantId}/stop`)}">${proof(
    context,
    `/grants/${grant.grantId}`,
  )}<p class="choices"><button class="no stop" autofocus>${t(context, 'session.stop')}</button></p></form>
<p>${t(context, 'session.who', who)}</p>
${isAhead(summary) ? aheadHtml(call, grant) : null}
<dl>${isAhead(summary) ? null : leftHtml(call, grant)}
<dt>${t(context, 'session.sent')}</dt><dd>${t(context, 'session.figures', figures)}</dd>
<dt>${t(context, 'session.now')}</dt><dd>${own.length === 0 ? t(context, 'session.idle') : own.map((run) => runHtml(call, run))}</dd>
<dt>${t(context, 'session.may')}</dt><dd>${grant.collectors.map(({ id }) => collectorTitle(id, language)).join(', ')}</dd></dl>
${grant.review ? html`<p>${t(context, 'session.review')}</p>` : null}</section>`
}

/** A permission for a later time says so first; Stop takes it back already now. */
function aheadHtml({ context }: PageCall, { validFrom, expiresAt }: GrantSummary['grant']): Html {
  const span = spanInWords(context.session.language, { from: validFrom, until: expiresAt })
  return html`<p><strong>${t(context, 'ahead.text', { span })}</strong></p>`
}

function leftHtml({ context }: PageCall, { expiresAt }: GrantSummary['grant']): Html {
  const left = durationInWords(Date.parse(expiresAt) - Date.now(), noticeWords(context.session.language))
  return html`<dt>${t(context, 'session.left')}</dt><dd>${left}</dd>`
}

function runHtml({ context }: PageCall, run: RunProgress): Html {
  const { language } = context.session
  const number = (count: number) => count.toLocaleString(language)
  const values = {
    collector: collectorTitle(run.collector, language),
    rows: number(run.rows),
    sent: number(run.sentRows),
  }
  switch (run.stage) {
    case 'reading':
      return html`<div>${t(context, 'session.reading', values)}</div>`
    case 'sending':
      return html`<div>${t(context, 'session.sending', values)}</div>`
    case 'waiting-for-look':
      return html`<div><a href="${at(context, `/reviews/${run.runId}`)}">${t(context, 'session.waiting', values)}</a></div>`
  }
}

/** Runs that are here say themselves what has left of them; those that are over stand in the record. */
function sentSoFar(
  open: readonly RunProgress[],
  story: RequestStory | undefined,
): { readonly rows: number; readonly bytes: number } {
  const here = new Set<string>(open.map(({ runId }) => runId))
  const over = (story?.runs ?? []).filter(({ runId }) => !here.has(runId))
  return {
    rows: open.reduce((sum, run) => sum + run.sentRows, 0) + over.reduce((sum, run) => sum + run.rows, 0),
    bytes: open.reduce((sum, run) => sum + run.sentBytes, 0) + over.reduce((sum, run) => sum + run.bytes, 0),
  }
}

/** Ends a grant at once; one that is over already is as it should be. */
export async function stop(call: PageCall): Promise<PageAnswer> {
  const { deps, context, parts, request } = call
  try {
    // The route's pattern has checked the id's form.
    await deps.agent.call('grants.revoke', { grantId: (parts[0] ?? '') as GrantId, method: 'page' })
    context.session.flash = t(context, 'flash.stopped')
  } catch (error) {
    const isOver = error instanceof AskFirstError && ['GRANT_REVOKED', 'GRANT_EXPIRED'].includes(error.code)
    if (!isOver) throw error
    context.session.flash = t(context, 'session.none')
  }
  return { kind: 'redirect', path: request.form.get('back') === '/record' ? '/record' : '/session' }
}
