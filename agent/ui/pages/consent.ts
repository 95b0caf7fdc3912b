import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import { durationInWords } from '@askfirst/protocol/notice/duration-words.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { LANGUAGES, noticeWords } from '@askfirst/protocol/notice/languages.ts'
import type { NoticeItem, NoticeSection } from '@askfirst/protocol/notice/notice.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { Example } from '../example-row.ts'
import type { Html } from '../html.ts'
import { html } from '../html.ts'
import { at, languageButtons, page, proof, t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import { cellText } from '../row-cells.ts'
import { momentInWords } from '../texts.ts'
import type { PageCall } from './page-call.ts'

type Shown = CommandResult<'requests.show'>

/** Shorter times that are offered, in minutes. */
const MINUTES = [5, 15, 30, 60, 120, 240] as const

/** Sections that nobody may overlook. */
const NOTED: readonly NoticeSection['id'][] = ['window', 'match', 'lifted']

/** What a shown page adds to the request itself. */
interface Extras {
  /** Said on top, e.g. why an answer was not taken. */
  readonly say?: string
  readonly example?: { readonly collector: string; readonly found: Example }
  readonly status?: number
}

/** The page on which the person answers. What they had filled in stays when it is shown again. */
export async function consentPage(call: PageCall, extras: Extras = {}): Promise<PageAnswer> {
  const { context, deps } = call
  const requestId = requestIdOf(call)
  try {
    const shown = await deps.agent.call('requests.show', { requestId, language: context.session.language })
    const body = page(context, {
      title: shown.notice.title,
      main: consentMain(call, shown, extras),
      ownLanguageSwitch: true,
    })
    return { kind: 'page', body, ...(extras.status === undefined ? {} : { status: extras.status }) }
  } catch (error) {
    if (!(error instanceof AskFirstError && ['REQUEST_UNKNOWN', 'REQUEST_CLOSED'].includes(error.code))) throw error
    context.session.flash = t(context, 'flash.over')
    return { kind: 'redirect', path: '/' }
  }
}

/** The id in the path; the route's pattern has checked its form. */
export function requestIdOf({ parts }: PageCall): RequestId {
  return (parts[0] ?? '') as RequestId
}

/** Shows the page again in another language or with an example; nothing is answered by it. */
export async function viewAgain(call: PageCall): Promise<PageAnswer> {
  const { form, session } = call.request
  const language = LANGUAGES.find((known): known is Language => known === form.get('language'))
  if (language !== undefined) session.language = language
  const collector = form.get('example')
  return collector === null ? consentPage(call) : consentPage(call, { example: await example(call, collector) })
}

async function example({ deps, parts }: PageCall, collector: string): Promise<NonNullable<Extras['example']>> {
  const shown = await deps.agent.call('requests.show', { requestId: (parts[0] ?? '') as RequestId })
  const asked = shown.collectors.find(({ id }) => id === collector)
  if (asked === undefined) throw new AskFirstError('NOT_FOUND', `The request does not ask for ${collector}.`)
  const { personalData } = shown
  const found = await deps.readExample({ collector, params: asked.params, personalData })
  if (!found.ok) deps.onProblem(`There is no example of ${collector}: ${found.why}`)
  return { collector, found }
}

function consentMain(call: PageCall, shown: Shown, extras: Extras): Html {
  const { context } = call
  const path = `/requests/${shown.requestId}`
  const [intro, ...rest] = shown.notice.sections
  return html`<form method="post" action="${at(context, `${path}/deny`)}">${proof(context, path)}
<input type="hidden" name="text" value="${shown.textSha256}">
${extras.say === undefined ? null : html`<div class="card warn" role="alert"><p>${extras.say}</p></div>`}
${(intro?.lines ?? []).map((line) => html`<p>${line}</p>`)}
<p class="choices"><button class="no" autofocus>${t(context, 'consent.deny')}</button>
<span class="aside">${languageButtons(context, at(context, `${path}/view`))}</span></p>
${rest.map((section) => sectionHtml(call, { section, shown, extras, path }))}
${answerHtml(call, shown, path)}</form>`
}

interface SectionParts {
  readonly section: NoticeSection
  readonly shown: Shown
  readonly extras: Extras
  readonly path: string
}

function sectionHtml(call: PageCall, { section, shown, extras, path }: SectionParts): Html {
  const { id, heading, lines, items } = section
  const note = NOTED.includes(id) ? html` class="note"` : null
  return html`<section${note}>${headingHtml(call, section, shown.notice.matchCode)}
${lines.map((line) => html`<p>${line}</p>`)}
${items.map((item) => itemHtml(call, { item, extras, path, count: shown.collectors.length }))}</section>${
    id === 'control' && heading === '' ? null : html`\n`
  }`
}

/** The code stands large and apart, so that it can be compared on the phone; its letters are read one by one. */
function headingHtml({ context }: PageCall, { id, heading }: NoticeSection, code: string | null): Html | null {
  if (heading === '') return null
  if (id !== 'match' || code === null) return html`<h2>${heading}</h2>`
  const [before = ''] = noticeWords(context.session.language)['match.heading'].split('{code}')
  return html`<h2>${before}<span class="code">${code}</span></h2>`
}

function itemHtml(
  call: PageCall,
  { item, extras, path, count }: { item: NoticeItem; extras: Extras; path: string; count: number },
): Html {
  const { context, request } = call
  const isTicked = request.form.getAll('tick').includes(item.collector)
  const found = extras.example?.collector === item.collector ? extras.example.found : null
  return html`<div class="item" id="${item.collector}"><label><input type="checkbox" name="tick" value="${item.collector}"${
    isTicked ? html` checked` : null
  }${count === 1 ? html` hidden` : null}><span>${item.title}</span></label>
<div class="say"><p>${item.reads}</p><p class="not">${item.notRead}</p>
${item.parameters.length === 0 ? null : html`<ul>${item.parameters.map((line) => html`<li>${line}</li>`)}</ul>`}
<p><button class="small" name="example" value="${item.collector}" formaction="${at(
    context,
    `${path}/view`,
  )}#${item.collector}">${t(context, 'consent.example')}<span class="not"> (${item.title})</span></button></p>
${found === null ? null : exampleHtml(call, found)}</div></div>`
}

function exampleHtml({ context }: PageCall, found: Example): Html {
  if (!found.ok) {
    const why = t(context, found.state === 'complete' ? 'consent.exampleEmpty' : `record.state.${found.state}`)
    return html`<p role="status">${t(context, 'consent.exampleNone', { why })}</p>`
  }
  const cells = Object.entries(found.row).slice(0, 64)
  return html`<p role="status">${t(context, 'consent.exampleTitle')}</p><dl class="example">${cells.map(
    ([name, value]) => html`<dt>${cellText(name)}</dt><dd>${cellText(value)}</dd>`,
  )}</dl>`
}

function answerHtml(call: PageCall, shown: Shown, path: string): Html {
  const { context, request } = call
  const count = shown.collectors.length
  const act = (name: string) => html`formaction="${at(context, `${path}/${name}`)}"`
  const isReview = shown.mustReview || request.form.get('review') === 'yes'
  return html`<section><h2>${t(context, 'consent.answer')}</h2>
<label class="row pick"><span>${t(context, 'consent.time')}</span>${timesHtml(call, shown)}</label>
<label class="row"><input type="checkbox" name="review" value="yes"${isReview ? html` checked` : null}${
    shown.mustReview ? html` disabled` : null
  }><span>${t(context, 'consent.review')}</span></label>
<p><label for="reason">${t(context, 'consent.reason')}</label>
<input type="text" id="reason" name="reason" maxlength="500" autocomplete="off" value="${cellText(request.form.get('reason'))}"></p>
<p class="choices"><button class="no">${t(context, 'consent.deny')}</button>
<button ${act('allow')}>${count === 1 ? t(context, 'consent.allowOne') : t(context, 'consent.allow', { count })}</button>
${count === 1 ? null : html`<button ${act('allow-ticked')}>${t(context, 'consent.allowTicked')}</button>`}
<button ${act('later')}>${t(context, 'consent.later')}</button></p>
<p class="soft">${t(context, 'consent.until', { time: momentInWords(context.session.language, shown.deadline) })}</p>
<details><summary>${t(context, 'consent.suspicious')}</summary><p>${t(context, 'consent.suspiciousText')}</p>
<p class="choices"><button ${act('report')}>${t(context, 'consent.report')}</button></p></details></section>`
}

function timesHtml({ context, request }: PageCall, { longestMs }: Shown): Html {
  const words = noticeWords(context.session.language)
  const chosen = Number(request.form.get('minutes') ?? 0)
  const shorter = MINUTES.filter((minutes) => minutes * 60_000 < longestMs)
  const full = t(context, 'consent.timeFull', { duration: durationInWords(longestMs, words) })
  return html`<select name="minutes"><option value="0">${full}</option>${shorter.map(
    (minutes) =>
      html`<option value="${minutes}"${minutes === chosen ? html` selected` : null}>${durationInWords(
        minutes * 60_000,
        words,
      )}</option>`,
  )}</select>`
}
