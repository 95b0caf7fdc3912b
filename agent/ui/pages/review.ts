import type { RunId } from '@askfirst/protocol/ids.ts'
import type { CommandResult } from '../../local/commands.ts'
import { formatRanges, rangesOf } from '../../local/row-ranges.ts'
import { collectorTitle } from '../collector-title.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { ReviewMarks } from '../page-sessions.ts'
import { cellText, columnsOf, parseRow } from '../row-cells.ts'
import type { PageCall } from './page-call.ts'
import type { FoundRows } from './review-rows.ts'
import { foundRows, ROWS_PER_PAGE } from './review-rows.ts'

type Held = CommandResult<'review.list'>['runs'][number]

/** Rows that wait on the device, in pages; what is ticked is left out when the rest is sent (SPEC C18, C22). */
export async function reviewPage(call: PageCall): Promise<PageAnswer> {
  const { context, request } = call
  const held = await heldRun(call)
  if (held === null) return { kind: 'redirect', path: '/' }
  const search = (request.query.get('q') ?? '').slice(0, 200)
  const pageNumber = Math.max(1, Math.trunc(Number(request.query.get('page') ?? 1)) || 1)
  const found = await foundRows(call.deps.agent, held, { search, page: pageNumber })
  const parts = { held, found, search, marks: marksOf(call, held.runId), page: pageNumber }
  const title = t(context, 'review.title')
  return { kind: 'page', body: page(context, { title, main: reviewMain(call, parts), wide: true }) }
}

interface Parts {
  readonly held: Held
  readonly found: FoundRows
  readonly search: string
  readonly marks: ReviewMarks
  readonly page: number
}

function reviewMain(call: PageCall, parts: Parts): Html {
  const { context } = call
  const { held, search, marks } = parts
  const path = `/reviews/${held.runId}`
  const about = { ...words(call, held), number: held.ticketNumber }
  return html`<p>${t(context, 'review.about', about)}</p>
<form method="get" action="${at(context, path)}" role="search"><p class="choices"><label>${t(context, 'review.search')}
<input type="search" name="q" value="${search}" maxlength="200"></label><button class="small">${t(context, 'review.searchDo')}</button>
${search === '' ? null : html`<a href="${at(context, path)}">${t(context, 'review.all')}</a>`}</p></form>
${search === '' ? null : foundHtml(call, parts)}
${rowsHtml(call, parts)}
<section>${marks.rows.size + marks.columns.size === 0 ? null : html`<p><strong>${t(context, 'review.marked', { rows: marks.rows.size, columns: marks.columns.size })}</strong></p>`}
<form method="post" action="${at(context, `${path}/send`)}">${proof(context, path)}<p class="choices">
<button class="no" formaction="${at(context, `${path}/discard`)}">${t(context, 'review.discard')}</button>
<button>${t(context, 'review.send')}</button></p></form></section>`
}

function foundHtml({ context }: PageCall, { held, found, search }: Parts): Html {
  const path = `/reviews/${held.runId}`
  return html`<form method="post" action="${at(context, `${path}/mark-found`)}">${proof(context, path)}
<input type="hidden" name="q" value="${search}"><p>${t(context, 'review.found', { count: found.total, text: search })}</p>
${found.total === 0 ? null : html`<p><button class="small">${t(context, 'review.markFound', { count: found.total })}</button></p>`}</form>`
}

function rowsHtml(call: PageCall, parts: Parts): Html {
  const { context } = call
  const { held, found, marks, search } = parts
  const path = `/reviews/${held.runId}`
  const rows = found.rows.map(({ number, json }) => ({ number, row: parseRow(json) }))
  const columns = columnsOf(rows.map(({ row }) => row))
  const shown = columns.filter((name) => !marks.columns.has(name))
  const numbers = rows.map(({ number }) => number).join(',')
  return html`<form method="post" action="${at(context, `${path}/mark`)}">${proof(context, path)}
<input type="hidden" name="shown" value="${numbers}"><input type="hidden" name="q" value="${search}">
<input type="hidden" name="page" value="${parts.page}">${pagesHtml(call, parts)}
<div class="scroll" tabindex="0" role="region" aria-label="${t(context, 'review.title')}"><table><thead><tr>
<th scope="col">${t(context, 'review.out')}</th><th scope="col">${t(context, 'review.row')}</th>
${shown.map((name) => html`<th scope="col">${cellText(name)}</th>`)}</tr></thead><tbody>
${rows.map(({ number, row }) => rowHtml(call, { number, row, shown, isOut: marks.rows.has(number) }))}</tbody></table></div>
<p><button class="small">${t(context, 'review.mark')}</button></p>
<details${marks.columns.size > 0 ? html` open` : null}><summary>${t(context, 'review.columns')}</summary>
<p>${t(context, 'review.columnsText')}</p>${[...new Set([...columns, ...marks.columns])].map(
    (name) =>
      html`<label class="row"><input type="checkbox" name="column" value="${Buffer.from(name).toString('base64url')}"${
        marks.columns.has(name) ? html` checked` : null
      }><span>${cellText(name)}</span></label>`,
  )}<p><button class="small">${t(context, 'review.columnsMark')}</button></p></details></form>`
}

interface RowParts {
  readonly number: number
  readonly row: Readonly<Record<string, unknown>>
  readonly shown: readonly string[]
  readonly isOut: boolean
}

function rowHtml({ context }: PageCall, { number, row, shown, isOut }: RowParts): Html {
  return html`<tr${isOut ? html` class="out"` : null}><td class="n"><input type="checkbox" name="row" value="${number}" aria-label="${t(
    context,
    'review.out',
  )} ${number}"${isOut ? html` checked` : null}></td><td class="n">${number}</td>${shown.map(
    (name) => html`<td><div>${cellText(row[name])}</div></td>`,
  )}</tr>`
}

function pagesHtml({ context }: PageCall, { held, found, search, page: current }: Parts): Html {
  const link = (to: number) => {
    const query = new URLSearchParams({ page: String(to), ...(search === '' ? {} : { q: search }) })
    return `${at(context, `/reviews/${held.runId}`)}?${query.toString()}`
  }
  const from = (current - 1) * ROWS_PER_PAGE + 1
  const to = from + found.rows.length - 1
  return html`<nav><span>${t(context, 'review.range', { from, to, total: found.total })}</span>
${current > 1 ? html`<a rel="prev" href="${link(current - 1)}">${t(context, 'review.previous')}</a>` : null}
${to < found.total ? html`<a rel="next" href="${link(current + 1)}">${t(context, 'review.next')}</a>` : null}</nav>`
}

/** Remembers what was ticked on one page of rows; nothing is deleted before the rest is sent. */
export async function markRows(call: PageCall): Promise<PageAnswer> {
  const { form } = call.request
  const marks = marksOf(call, runIdOf(call))
  const ticked = new Set(form.getAll('row').map(Number))
  for (const number of (form.get('shown') ?? '').split(',').map(Number).filter(Number.isSafeInteger)) {
    if (ticked.has(number)) marks.rows.add(number)
    else marks.rows.delete(number)
  }
  marks.columns.clear()
  for (const name of form.getAll('column').slice(0, 64))
    marks.columns.add(Buffer.from(name, 'base64url').toString('utf8'))
  const query = new URLSearchParams({ page: form.get('page') ?? '1', q: form.get('q') ?? '' })
  return { kind: 'redirect', path: `/reviews/${runIdOf(call)}?${query.toString()}` }
}

export async function markFound(call: PageCall): Promise<PageAnswer> {
  const held = await heldRun(call)
  if (held === null) return { kind: 'redirect', path: '/' }
  const search = (call.request.form.get('q') ?? '').slice(0, 200)
  const found = await foundRows(call.deps.agent, held, { search, page: 1 })
  const marks = marksOf(call, held.runId)
  for (const number of found.numbers) marks.rows.add(number)
  return { kind: 'redirect', path: `/reviews/${held.runId}?${new URLSearchParams({ q: search }).toString()}` }
}

export async function sendRest(call: PageCall): Promise<PageAnswer> {
  const { deps, context } = call
  const runId = runIdOf(call)
  const { rows, columns } = marksOf(call, runId)
  const drop = formatRanges(rangesOf(rows))
  const done = await deps.agent.call('review.send', { runId, drop, dropColumns: [...columns] })
  context.session.marks.delete(runId)
  context.session.flash = t(context, 'flash.sent', { ...done, columns: columns.size })
  return { kind: 'redirect', path: '/session' }
}

export async function discard(call: PageCall): Promise<PageAnswer> {
  const { deps, context } = call
  const { discarded } = await deps.agent.call('review.discard', { runId: runIdOf(call) })
  context.session.marks.delete(runIdOf(call))
  context.session.flash = t(context, 'flash.discarded', { rows: discarded })
  return { kind: 'redirect', path: '/session' }
}

async function heldRun(call: PageCall): Promise<Held | null> {
  const { runs } = await call.deps.agent.call('review.list', {})
  return runs.find(({ runId }) => runId === runIdOf(call)) ?? null
}

/** The id in the path; the route's pattern has checked its form. */
function runIdOf({ parts }: PageCall): RunId {
  return (parts[0] ?? '') as RunId
}

/** Runs that can be looked at together; the marks of the one that was begun first go. */
const MAX_MARKED_RUNS = 64

function marksOf({ context: { session } }: PageCall, runId: string): ReviewMarks {
  const known = session.marks.get(runId)
  if (known !== undefined) return known
  const [oldest] = session.marks.keys()
  if (session.marks.size >= MAX_MARKED_RUNS && oldest !== undefined) session.marks.delete(oldest)
  const fresh = { rows: new Set<number>(), columns: new Set<string>() }
  session.marks.set(runId, fresh)
  return fresh
}

function words({ context: { session } }: PageCall, { collector, rows }: Held) {
  return { collector: collectorTitle(collector, session.language), rows: rows.toLocaleString(session.language) }
}
