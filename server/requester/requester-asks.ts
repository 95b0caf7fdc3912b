import type { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { choicesOf } from '@askfirst/protocol/ticket-ask.ts'
import { escapeHtml } from '../escape-html.ts'
import type { Appointment } from '../store/appointment-store.ts'
import type { StoredAsk } from '../store/ask-entities.ts'
import type { PageFrame, PageWords } from './page-words.ts'
import { formField, say, timesOf, wordsFor } from './page-words.ts'

/** A question as the page of a link shows it. */
export interface AskByLink {
  readonly asked: StoredAsk
  /** What came of the time that was picked; null: nothing, or no time was. */
  readonly appointment: Appointment | null
}

/** The questions of the desk that wait for an answer, each with a form of its own (SPEC T56). */
export function openAsksHtml(frame: PageFrame, formToken: string, asks: readonly AskByLink[]): string {
  const words = wordsFor(frame)
  const open = asks.filter(({ asked }) => asked.state === 'open')
  return open.map(({ asked }) => openAskHtml({ frame, words, formToken }, asked)).join('\n')
}

/** What was answered to the questions of the desk, by whatever way; with the calendar file of a time that was picked. */
export function answeredAsksHtml(frame: PageFrame, asks: readonly AskByLink[]): string {
  const words = wordsFor(frame)
  return asks.map((ask) => answeredHtml(frame, words, ask)).join('\n')
}

interface Place {
  readonly frame: PageFrame
  readonly words: PageWords
  readonly formToken: string
}

function openAskHtml({ frame, words, formToken }: Place, { id, ask, askSha256 }: StoredAsk): string {
  const until = ask.until === undefined ? '' : ` ${say(words, 'ask.until', { until: momentIn(frame, ask.until) })}`
  const head = `<section class="ask" aria-labelledby="${id}"><h2 id="${id}">${say(words, titleOf(ask))}</h2>
<p class="soft">${say(words, 'page.fromDesk', { name: ask.by.name })}.${until}</p>${bodyHtml(words, ask)}`
  if (ask.kind === 'approve-action') return `${head}<p>${say(words, 'page.approveThere')}</p></section>`
  const note = ask.kind === 'pick-time' ? say(words, 'page.zone', { zone: frame.zone }) : say(words, 'page.askFree')
  const choices = choicesOf(ask).map(
    (choice) => `<label class="choice"><input type="radio" name="choice" value="${choice}" required>
<span>${escapeHtml(choiceIn(frame, words, { ask, choice }))}</span></label>`,
  )
  return `${head}<form method="post" action="/r/decide">
${formField(formToken)}
<input type="hidden" name="ask" value="${id}"><input type="hidden" name="hash" value="${askSha256}">
<fieldset><legend>${note}</legend>${choices.join('\n')}</fieldset>
<label for="${id}-text">${say(words, 'page.answerLabel')}</label>
<textarea id="${id}-text" name="text" rows="2" maxlength="2000"></textarea>
<button class="main">${say(words, 'page.askSend')}</button></form></section>`
}

/** What an approval is about is shown as well: whoever is asked should know it before they go to the computer. */
function bodyHtml(words: PageWords, ask: TicketAsk): string {
  if (ask.kind === 'approve-action') return `<p><q>${escapeHtml(ask.body.action)}</q></p>`
  if (ask.kind === 'feedback') return ''
  const { what, place } = ask.body
  const where = place === undefined ? '' : `<dt>${say(words, 'ask.place')}</dt><dd>${escapeHtml(place)}</dd>`
  return `<dl><dt>${say(words, 'ask.what')}</dt><dd>${escapeHtml(what)}</dd>${where}</dl>`
}

function answeredHtml(frame: PageFrame, words: PageWords, { asked, appointment }: AskByLink): string {
  const { ask, answer } = asked
  if (answer === null || ask.kind === 'approve-action') return ''
  const what = ask.kind === 'pick-time' ? escapeHtml(ask.body.what) : say(words, titleOf(ask))
  if (answer.choice === 'none') return `<p>${what}: ${say(words, 'page.pickedNone')}</p>`
  const choice = `<strong>${escapeHtml(choiceIn(frame, words, { ask, choice: answer.choice }))}</strong>`
  if (ask.kind === 'feedback') return `<p>${say(words, 'page.saidHelp')} ${choice}</p>`
  return `<p>${what}: ${say(words, 'page.picked')} ${choice}. ${say(words, 'page.zone', { zone: frame.zone })}</p>${
    appointment === null ? '' : calendarHtml(words, appointment)
  }`
}

/** The file of a cancelled appointment takes it out of the calendar again. */
function calendarHtml(words: PageWords, { id, state }: Appointment): string {
  const isCancelled = state === 'cancelled' ? `<strong>${say(words, 'page.cancelled')}</strong> ` : ''
  return `<p>${isCancelled}<a href="/r/appointments/${id}.ics" download>${say(words, 'ask.calendar')}</a></p>`
}

function titleOf({ kind }: TicketAsk) {
  const keys = {
    'approve-action': 'ask.approveTitle',
    'pick-time': 'ask.timeTitle',
    feedback: 'ask.feedbackTitle',
  } as const
  return keys[kind]
}

function choiceIn(frame: PageFrame, words: PageWords, { ask, choice }: { ask: TicketAsk; choice: string }): string {
  const option = ask.kind === 'pick-time' ? ask.body.options.find(({ optionId }) => optionId === choice) : undefined
  if (option !== undefined) return timesOf(frame, 'full').formatRange(new Date(option.from), new Date(option.until))
  const key = choice === 'good' || choice === 'ok' || choice === 'bad' ? (`ask.choice.${choice}` as const) : null
  return words[key ?? 'ask.choice.none']
}

function momentIn(frame: PageFrame, at: string): string {
  return `${timesOf(frame, 'medium').format(new Date(at))} (${frame.zone})`
}
