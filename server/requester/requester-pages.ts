import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { RequesterTexts } from '@askfirst/protocol/languages/language.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { fill, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import { escapeHtml } from '../escape-html.ts'
import type { LeftOutFile } from '../mail-in/mail-files.ts'
import { toMessage } from '../people/ticket-message.ts'
import type { PageFrame, PageWords } from './page-words.ts'
import { formField, say, timesOf, wordsFor } from './page-words.ts'
import type { AskByLink } from './requester-asks.ts'
import { answeredAsksHtml, openAsksHtml } from './requester-asks.ts'
import type { Requester } from './requester-service.ts'

/** What is shown above a ticket after something was done. */
export type Flash = 'sent' | 'fixed' | 'not-fixed' | 'answered' | 'empty' | 'too-long' | 'choose'

const FLASHES: Readonly<Record<Flash, keyof RequesterTexts>> = {
  sent: 'page.sent',
  fixed: 'page.nowFixed',
  'not-fixed': 'page.nowNotFixed',
  answered: 'page.answered',
  empty: 'page.empty',
  'too-long': 'page.tooLong',
  choose: 'page.chooseFirst',
}
const PROBLEMS: ReadonlySet<Flash> = new Set(['empty', 'too-long', 'choose'])

/** Whether a text of an address names something that is shown. */
export function flashOf(text: string | undefined): Flash | null {
  return text !== undefined && Object.hasOwn(FLASHES, text) ? (text as Flash) : null // The line before says so.
}

/** Page of a link from a mail. A program that looks at mails opens addresses, so only the button uses the link. */
export function openPage(frame: PageFrame, token: string): string {
  const words = wordsFor(frame)
  return page(
    frame,
    words['page.openTitle'],
    `<section>
<p>${say(words, 'page.openText', { organisation: frame.organisation })}</p>
<form method="post" action="/r/open"><input type="hidden" name="token" value="${escapeHtml(token)}">
<button class="main">${say(words, 'page.open')}</button></form>
</section>`,
  )
}

/** Page of a link that opens nothing any more; with a way to a new one where there is one. */
export function gonePage(frame: PageFrame, token: string | null): string {
  const words = wordsFor(frame)
  const form = `<form method="post" action="/r/new-link"><input type="hidden" name="token" value="${escapeHtml(token ?? '')}">
<button class="main">${say(words, 'page.newLink')}</button></form>`
  const text = token === null ? 'page.noSession' : 'page.gone'
  return page(
    frame,
    words['page.goneTitle'],
    `<section><p>${say(words, text)}</p>${token === null ? '' : `<p>${say(words, 'page.newLinkText')}</p>${form}`}</section>`,
  )
}

/** One message, e.g. that a new link is on its way. */
export function sayPage(frame: PageFrame, title: keyof RequesterTexts, text: keyof RequesterTexts): string {
  const words = wordsFor(frame)
  return page(frame, words[title], `<section><p>${say(words, text)}</p></section>`)
}

/** A ticket as its person sees it by link. */
export function ticketPage(
  frame: PageFrame,
  shown: {
    readonly requester: Requester
    readonly assigneeName: string | null
    readonly entries: readonly LogEntry[]
    readonly asks: readonly AskByLink[]
    readonly flash: Flash | null
    /** What was typed and not taken. */
    readonly draft: string
  },
): string {
  const words = wordsFor(frame)
  const { ticket, formToken } = shown.requester
  const title = `${fill(words['page.ticket'], { number: ticket.number })}: ${ticket.title}`
  const parts = [
    flashHtml(words, shown.flash),
    stageHtml(words, shown.requester, shown.assigneeName),
    openAsksHtml(frame, formToken, shown.asks),
    answeredAsksHtml(frame, shown.asks),
    ticket.state === 'resolved' ? answerHtml(words, formToken, true) : '',
    talkHtml(frame, words, shown.entries),
    ticket.state === 'closed' ? `<p>${say(words, 'page.closed')}</p>` : replyHtml(words, formToken, shown.draft),
    ticket.state === 'closed' || ticket.state === 'resolved' ? '' : answerHtml(words, formToken, false),
    `<p class="soft">${say(words, 'page.trust')}</p>
<form method="post" action="/r/leave">${formField(formToken)}<button>${say(words, 'page.leave')}</button></form>`,
  ]
  return page(frame, title, parts.join('\n'))
}

function flashHtml(words: PageWords, flash: Flash | null): string {
  if (flash === null) return ''
  const isProblem = PROBLEMS.has(flash)
  return `<p class="${isProblem ? 'problem' : 'flash'}" role="${isProblem ? 'alert' : 'status'}">${say(words, FLASHES[flash])}</p>`
}

function stageHtml(words: PageWords, { ticket }: Requester, assigneeName: string | null): string {
  const who = assigneeName === null ? '' : `<p>${say(words, 'page.who', { name: assigneeName })}</p>`
  const said =
    ticket.confirmed === null ? '' : `<p>${say(words, ticket.confirmed ? 'help.saidFixed' : 'help.saidNotFixed')}</p>`
  return `<section aria-labelledby="stage"><h2 id="stage">${say(words, 'help.progress')}</h2>
<p><strong>${say(words, `page.stage.${ticket.state}`)}</strong></p>${who}${said}</section>`
}

function talkHtml(frame: PageFrame, words: PageWords, entries: readonly LogEntry[]): string {
  const times = timesOf(frame, 'medium')
  const items = entries.flatMap((entry) => {
    const message = toMessage(entry)
    if (message === null) return []
    const from = writerOf(entry, message.from)
    const who = WHO[from] === null ? escapeHtml(message.author) : say(words, WHO[from], { name: message.author })
    const at = `<time datetime="${message.at}">${escapeHtml(`${times.format(new Date(message.at))} ${frame.zone}`)}</time>`
    return [
      `<li class="${from}"><p class="by">${who}, ${at}</p><p class="text">${escapeHtml(message.text)}</p>${leftOutHtml(words, entry)}</li>`,
    ]
  })
  const list = items.length === 0 ? `<p>${say(words, 'page.noTalk')}</p>` : `<ol class="talk">${items.join('\n')}</ol>`
  return `<section aria-labelledby="talk"><h2 id="talk">${say(words, 'page.talk')}</h2>${list}</section>`
}

/** Which files of a mail were left out; a logo is nothing that anybody misses. */
function leftOutHtml(words: PageWords, { body: { dropped } }: LogEntry): string {
  // Written by the intake of mails.
  const files = Array.isArray(dropped) ? (dropped as readonly LeftOutFile[]) : []
  const names = files.filter(({ because }) => because !== 'logo' && because !== 'again').map(({ name }) => name)
  if (names.length === 0) return ''
  const bounds = { count: LIMITS.maxAttachments, size: LIMITS.maxAttachmentBytes / 1_048_576 }
  return `<p class="soft">${say(words, 'page.leftOut', { names: names.join(', '), ...bounds })}</p>`
}

const WHO = { desk: 'page.fromDesk', you: 'page.fromYou', other: null } as const

/** A contact of the ticket who wrote by mail is not the reader. */
function writerOf({ body }: LogEntry, from: 'desk' | 'person'): keyof typeof WHO {
  if (from === 'desk') return 'desk'
  return body['as'] === undefined ? 'you' : 'other'
}

function replyHtml(words: PageWords, formToken: string, draft: string): string {
  return `<section aria-labelledby="reply"><h2 id="reply">${say(words, 'page.replyTitle')}</h2>
<form method="post" action="/r/reply">${formField(formToken)}
<label for="text">${say(words, 'page.replyLabel')}</label>
<textarea id="text" name="text" rows="5" maxlength="4000" required>${escapeHtml(draft)}</textarea>
<button class="main">${say(words, 'page.send')}</button></form></section>`
}

function answerHtml(words: PageWords, formToken: string, isAsked: boolean): string {
  return `<section aria-labelledby="fixed"><h2 id="fixed">${say(words, 'help.fixedTitle')}</h2>
<p>${say(words, isAsked ? 'help.fixedAsk' : 'help.fixedEarly')}</p>
<form method="post" action="/r/answer">${formField(formToken)}
<label for="why">${say(words, 'page.answerLabel')}</label>
<textarea id="why" name="text" rows="2" maxlength="2000"></textarea>
<div class="row"><button name="fixed" value="yes" class="main">${say(words, 'help.fixedYes')}</button>
<button name="fixed" value="no">${say(words, 'help.fixedNo')}</button></div></form></section>`
}

/** One page without scripts; `main` is HTML already. */
function page(frame: PageFrame, title: string, main: string): string {
  const { direction } = wordsOf(frame.language)
  const footer = say(wordsFor(frame), 'page.footer', { contact: frame.contact })
  return `<!doctype html>
<html lang="${frame.language}" dir="${direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="/requester.css">
</head>
<body>
<header><p>${escapeHtml(frame.organisation)}</p></header>
<main>
<h1>${escapeHtml(title)}</h1>
${main}
</main>
<footer><p>${footer}</p></footer>
</body>
</html>
`
}
