import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { quoted } from '@askfirst/protocol/notice/plain-text.ts'
import { isReceiptSound } from '../check-receipt.ts'
import { collectorTitle } from '../collector-title.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { RequestStory, RunStory, StatementStory } from '../record-story.ts'
import { statementsOf, storiesOf } from '../record-story.ts'
import type { TextKey } from '../texts.ts'
import { momentInWords, sizeInWords, spanInWords } from '../texts.ts'
import type { PageCall } from './page-call.ts'

const PER_PAGE = 20

/** All that was asked of this computer, answered and sent, with chain and receipts checked on the page. */
export async function recordPage(call: PageCall): Promise<PageAnswer> {
  const { context, deps, request } = call
  const check = await deps.agent.call('history.verify', {})
  const { grants } = await deps.agent.call('requests.list', {})
  const live = new Set<string>(grants.flatMap(({ grant, ended }) => (ended === undefined ? [grant.grantId] : [])))
  const entries = await deps.record.entries()
  const receipts = new Map((await deps.record.receipts()).map(({ id, jws }) => [id, jws]))
  // What another account said has no receipt here: it is that account's (SPEC P4).
  const said = statementsOf(entries).filter(({ statementId }) => receipts.has(statementId))
  const stories = [...storiesOf(entries), ...said].sort((a, b) => (a.at < b.at ? 1 : -1))
  const { publicKeyPem } = await deps.agent.call('identity.public', {})
  const current = Math.max(1, Math.trunc(Number(request.query.get('page') ?? 1)) || 1)
  if (check.broken !== undefined) deps.onProblem(`The record was changed: ${check.broken.problem}`)
  const shown = stories.slice((current - 1) * PER_PAGE, current * PER_PAGE)
  const chain =
    check.broken === undefined
      ? html`<p class="good">${t(context, 'record.chainGood', { count: check.entries })}</p>`
      : html`<p class="bad">${t(context, 'record.chainBad', { ...check.broken, count: check.entries })}</p>`
  const main = html`<div class="card"><p>${t(context, 'record.about')}</p>${chain}
<p><a href="${at(context, '/record/export')}" download>${t(context, 'record.export')}</a></p></div>
${stories.length === 0 ? html`<div class="card"><p>${t(context, 'record.empty')}</p></div>` : null}
${shown.map((story) =>
  'statementId' in story
    ? statementHtml(call, story, receiptState({ ...story, receiptId: story.statementId }, receipts, publicKeyPem))
    : storyHtml(call, story, {
        receipt: receiptState(story, receipts, publicKeyPem),
        isLive: live.has(story.grantId ?? ''),
      }),
)}
<nav>${current > 1 ? html`<a href="${at(context, '/record')}?page=${current - 1}">${t(context, 'record.newer')}</a>` : null}
${current * PER_PAGE < stories.length ? html`<a href="${at(context, '/record')}?page=${current + 1}">${t(context, 'record.older')}</a>` : null}</nav>`
  return { kind: 'page', body: page(context, { title: t(context, 'record.title'), main }) }
}

function receiptState(
  { receiptId, jwsSha256 }: Pick<RequestStory, 'receiptId' | 'jwsSha256'>,
  receipts: ReadonlyMap<string, string>,
  publicKeyPem: string,
): 'good' | 'bad' | 'none' {
  if (receiptId === null) return 'none'
  const jws = receipts.get(receiptId)
  return jws !== undefined && isReceiptSound(jws, jwsSha256 ?? '', publicKeyPem) ? 'good' : 'bad'
}

function storyHtml(
  call: PageCall,
  story: RequestStory,
  { receipt, isLive }: { readonly receipt: 'good' | 'bad' | 'none'; readonly isLive: boolean },
): Html {
  const { context } = call
  const { language } = context.session
  const asked = {
    name: quoted(story.technician, 200),
    organisation: quoted(story.organisation, 200),
    number: story.ticketNumber,
    title: quoted(story.ticketTitle, 200),
  }
  return html`<section><h2>${momentInWords(language, story.at)}</h2><p>${t(context, 'record.asked', asked)}</p>
<p><strong>${answerWords(call, story)}</strong>${story.reportedBy === null ? null : html` · ${t(context, 'record.reported', { user: quoted(story.reportedBy, 100) })}`}</p>
${aheadHtml(call, story)}${receiptHtml(call, receipt)}
<dl><dt>${t(context, 'record.destination')}</dt><dd>${quoted(story.destination, 300)}</dd>
<dt>${t(context, 'record.left')}</dt><dd>${
    story.runs.length === 0 ? t(context, 'record.nothingLeft') : story.runs.map((run) => runHtml(call, run))
  }</dd>${
    story.ended === null
      ? null
      : html`<dt>${t(context, 'record.ended')}</dt><dd>${momentInWords(language, story.ended.at)}, ${endWords(call, story.ended.reason)}</dd>`
  }</dl>${isLive ? revokeHtml(call, story) : null}</section>`
}

/** What the person told the desk by themselves; the words stand on the ticket's page. */
function statementHtml(call: PageCall, story: StatementStory, receipt: 'good' | 'bad' | 'none'): Html {
  const { context } = call
  const { at: instant, kind, ticketId, files } = story
  return html`<section><h2>${momentInWords(context.session.language, instant)}</h2>
<p><strong>${t(context, `record.said.${kind}` satisfies TextKey)}</strong>${
    files === 0 ? null : html` · ${t(context, 'record.saidFiles', { count: files })}`
  }</p>${receiptHtml(call, receipt)}<p><a href="${at(context, `/help/${ticketId}`)}">${t(context, 'help.back')}</a></p></section>`
}

function answerWords({ context }: PageCall, story: RequestStory): string {
  const user = quoted(story.osUser, 100)
  switch (story.answer) {
    case 'given':
      return t(context, 'record.given', { user })
    case 'refused':
      return t(context, 'record.refused', { user })
    case 'no-answer':
      return t(context, 'record.noAnswer')
    case 'withdrawn':
      return t(context, 'record.withdrawn')
    case 'waiting':
      return t(context, 'record.waiting')
  }
}

function receiptHtml({ context }: PageCall, state: 'good' | 'bad' | 'none'): Html {
  if (state === 'none') return html`<p class="soft">${t(context, 'record.receiptNone')}</p>`
  const key = state === 'good' ? ('record.receiptGood' as const) : ('record.receiptBad' as const)
  return html`<p class="${state}">${t(context, key)}</p>`
}

function runHtml({ context }: PageCall, run: RunStory): Html {
  const { language } = context.session
  const values = {
    collector: collectorTitle(run.collector, language),
    rows: run.rows.toLocaleString(language),
    bytes: sizeInWords(language, run.bytes),
    state: wordOf(context.session.language, `record.state.${run.state}`, run.state),
  }
  return html`<div>${t(context, 'record.run', values)}</div>`
}

function endWords({ context }: PageCall, reason: string): string {
  return wordOf(context.session.language, `end.${reason}`, reason)
}

function wordOf(language: PageCall['context']['session']['language'], key: string, fallback: string): string {
  const texts = wordsOf(language).pages
  return Object.hasOwn(texts, key) ? texts[key as TextKey] : fallback
}

/** A permission that was given ahead says for which time; null for any other. */
function aheadHtml({ context }: PageCall, { answeredAt, validFrom, expiresAt }: RequestStory): Html | null {
  if (answeredAt === null || validFrom === null || expiresAt === null || validFrom <= answeredAt) return null
  const span = spanInWords(context.session.language, { from: validFrom, until: expiresAt })
  return html`<p>${t(context, 'ahead.text', { span })}</p>`
}

function revokeHtml({ context }: PageCall, { grantId, expiresAt }: RequestStory): Html {
  const until = momentInWords(context.session.language, expiresAt ?? '')
  return html`<form method="post" action="${at(context, `/grants/${grantId}/stop`)}">${proof(context, `/grants/${grantId}`)}
<input type="hidden" name="back" value="/record"><p>${t(context, 'record.live', { until })}</p>
<p><button class="no small">${t(context, 'record.revoke')}</button></p></form>`
}

/** The whole record with the signed receipts, as the command line exports it. */
export async function exportRecord({ deps }: PageCall): Promise<PageAnswer> {
  const entries = await deps.record.entries()
  const receipts = await deps.record.receipts()
  const { checkpoints } = await deps.agent.call('history.checkpoints', {})
  const { publicKeyPem } = await deps.agent.call('identity.public', {})
  const exported = { format: 'askfirst.device-history.v1', entries, receipts, checkpoints, publicKeyPem }
  return { kind: 'file', name: 'askfirst-my-data.json', text: `${JSON.stringify(exported, null, 2)}\n` }
}
