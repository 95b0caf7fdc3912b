import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { fill, wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Logger } from 'pino'
import type { Bus } from '../bus/bus.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { RequesterLinks } from '../requester/requester-links.ts'
import type { SettingsService } from '../settings/settings-service.ts'
import type { LogDraft } from '../store/entities.ts'
import type { ClaimedMail } from '../store/mail-entities.ts'
import type { Store } from '../store/store.ts'
import { waitAfter } from './retry.ts'
import type { Delivery, MailTransport, OutgoingMail } from './smtp.ts'

const MAIL_ACTOR: Actor = { kind: 'system', id: 'mail', name: 'Mail sender' }
/** Longer than a try can take: what a sender that died had taken is free again after it. */
const CLAIM_MS = 15 * 60_000
/** How often it looks for mails that are due again, or were written by another process. */
const LOOK_EVERY_MS = 15_000

export interface MailSenderDeps {
  readonly store: Pick<Store, 'mail'>
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Logger
  readonly settings: Pick<SettingsService, 'get'>
  /** Makes the links in mails, one for each try: the outbox holds none. */
  readonly links: Pick<RequesterLinks, 'mint'>
  /** Address of the server's pages, without a slash at the end; null: browsers elsewhere do not reach it. */
  readonly pages: string | null
  readonly transport: MailTransport
  /** At least 0 and below 1. */
  readonly random: () => number
}

/**
 * Sends what is in the outbox. A mail is taken by one sender only, and its try is settled by its number. Where a process
 * dies between the mail server's yes and the store, the mail goes out again under the same Message-ID.
 */
export class MailSender {
  readonly #deps: MailSenderDeps
  #running: Promise<void> | null = null
  #isClosed = false
  #stopLooking: () => void = () => undefined

  constructor(deps: MailSenderDeps) {
    this.#deps = deps
  }

  /** Begins to look for mails: now, when one is written, and now and then. */
  start(): void {
    const timer = setInterval(() => void this.sendDue(), LOOK_EVERY_MS)
    timer.unref()
    const unsubscribe = this.#deps.bus.subscribe('*', ({ kind }) => {
      if (MAIL_CAUSES.has(kind)) void this.sendDue()
    })
    this.#stopLooking = () => {
      clearInterval(timer)
      unsubscribe()
    }
    void this.sendDue()
  }

  /** Sends all that is due; a call while it is at work waits for the same work. Never rejects. */
  sendDue(): Promise<void> {
    this.#running ??= this.#sendAll().finally(() => {
      this.#running = null
    })
    return this.#running
  }

  /** Takes no further mail and waits for the one that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#stopLooking()
    await this.#running
  }

  async #sendAll(): Promise<void> {
    const { store, clock, log } = this.#deps
    try {
      while (!this.#isClosed) {
        const until = new Date(clock.now() + CLAIM_MS).toISOString()
        // One after the other, so that no mail server is flooded.
        const [mail] = await store.mail.claim({ now: isoNow(clock), until, limit: 1 })
        if (mail === undefined) return
        await this.#send(mail)
      }
    } catch (error) {
      log.error({ err: error }, 'mails could not be sent; the next turn tries again')
    }
  }

  async #send(mail: ClaimedMail): Promise<void> {
    const { transport, log } = this.#deps
    const { id, attempt, ticketId } = mail
    const delivery = await transport.deliver(outgoing(mail, await this.#footer(mail)))
    if (delivery.outcome !== 'sent')
      log.warn(
        { mailId: id, ticketId, attempt, outcome: delivery.outcome, reason: delivery.text },
        'a mail did not go out',
      )
    await this.#settle(mail, delivery)
  }

  /** Whose ticket it is, with a link to it unless the mail is for somebody else. */
  async #footer({ ticketId, ticketNumber, to, about, language }: ClaimedMail): Promise<string> {
    const { settings, links, pages } = this.#deps
    const facts = { organisation: (await settings.get()).organisationName, number: ticketNumber }
    const words = wordsOf(language).requester
    if (about === 'notice') return fill(words['mail.footerNotice'], facts)
    if (about === 'alert') {
      const page = pages === null ? '' : `\n\n${pages}/tickets/${ticketId}`
      return `${fill(words['mail.footerAlert'], facts)}${page}`
    }
    const { url, expiresAt } = await links.mint(ticketId, to)
    const day = new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(expiresAt))
    return fill(words['mail.footer'], { ...facts, link: url, day })
  }

  async #settle(mail: ClaimedMail, delivery: Delivery): Promise<void> {
    const { store, clock, bus, random } = this.#deps
    const { id, attempt, ticketId } = mail
    const waitMs = delivery.outcome === 'later' ? waitAfter(attempt, random()) : null
    if (delivery.outcome !== 'sent' && waitMs !== null) {
      await store.mail.retry(id, attempt, { at: new Date(clock.now() + waitMs).toISOString(), error: delivery.text })
    } else {
      const error = delivery.outcome === 'sent' ? null : delivery.text
      const log = entryOf(mail, error, isoNow(clock))
      if (!(await store.mail.end(id, attempt, { state: error === null ? 'sent' : 'failed', error, log }))) return
      bus.publish({ topic: `ticket/${ticketId}`, kind: 'log', id: ticketId })
    }
    bus.publish({ topic: `ticket/${ticketId}`, kind: 'mail', id })
  }
}

/** Changes that can have written a mail. */
const MAIL_CAUSES: ReadonlySet<string> = new Set(['message', 'ticket', 'ask', 'mail-queued'])

function outgoing(
  { to, subject, text, about, messageId, references, ticketNumber }: ClaimedMail,
  footer: string,
): OutgoingMail {
  return {
    ...{ to, messageId, references },
    subject: `[#${ticketNumber}] ${subject}`,
    text: `${text}\n\n-- \n${footer}\n`,
    isAutomatic: about !== 'message',
  }
}

function entryOf(
  { id, ticketId, to, about, subject, attempt }: ClaimedMail,
  error: string | null,
  at: string,
): LogDraft {
  const body = { mailId: id, to, about, subject, attempts: attempt }
  if (error === null) return { ticketId, at, actor: MAIL_ACTOR, kind: 'mail.sent', body }
  return { ticketId, at, actor: MAIL_ACTOR, kind: 'mail.failed', body: { ...body, error } }
}
