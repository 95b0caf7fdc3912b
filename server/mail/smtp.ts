import { createTransport } from 'nodemailer'
import { oneLine } from '../one-line.ts'
import type { Mailbox } from './mailbox.ts'
import { isAddress } from './mailbox.ts'

/** A whole mail, ready to go out. */
export interface OutgoingMail {
  readonly to: string
  readonly subject: string
  readonly text: string
  /** Without angle brackets, as all ids here. */
  readonly messageId: string
  readonly references: readonly string[]
  /** Written by the server and not by a person: other programs are not to answer it (RFC 3834). */
  readonly isAutomatic: boolean
}

/** What became of a try: `later` is worth another one. `text` is for the desk and holds no secret. */
export type Delivery = { readonly outcome: 'sent' } | { readonly outcome: 'later' | 'never'; readonly text: string }

/** Hands mails to a mail server. */
export interface MailTransport {
  deliver(mail: OutgoingMail): Promise<Delivery>
}

export interface SmtpOptions {
  readonly host: string
  readonly port: number
  /** `tls` from the first byte on, `starttls` or not at all, `none` for a mail server on this machine. */
  readonly tls: 'starttls' | 'tls' | 'none'
  readonly from: Mailbox
  readonly login: { readonly user: string; readonly password: string } | null
}

const CONNECT_MS = 15_000
const SILENCE_MS = 60_000
const MAX_ERROR = 300

/** Mails by SMTP, one connection each. */
export function createSmtp({ host, port, tls, from, login }: SmtpOptions): MailTransport {
  const transport = createTransport({
    ...{ host, port, secure: tls === 'tls', requireTLS: tls === 'starttls', ignoreTLS: tls === 'none' },
    ...{ connectionTimeout: CONNECT_MS, greetingTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    ...(login === null ? {} : { auth: { user: login.user, pass: login.password } }),
    // Nothing in a mail may make the server read a file or an address.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    async deliver(mail) {
      // The library reads an address as a list of them, also in the envelope.
      if (!isAddress(mail.to)) return { outcome: 'never', text: 'The address is not one plain address.' }
      try {
        await transport.sendMail(messageOf(mail, from))
        return { outcome: 'sent' }
      } catch (error) {
        return failureOf(error)
      }
    },
  }
}

function messageOf({ to, subject, text, messageId, references, isAutomatic }: OutgoingMail, from: Mailbox) {
  const last = references.at(-1)
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject: oneLine(subject, 240),
    text,
    messageId: `<${messageId}>`,
    ...(last === undefined ? {} : { inReplyTo: `<${last}>`, references: references.map((id) => `<${id}>`) }),
    headers: {
      ...(isAutomatic ? { 'Auto-Submitted': 'auto-generated' } : {}),
      'X-Auto-Response-Suppress': 'All',
    },
  }
}

/** A refusal for good is one of the mail itself: what is wrong with the way there can be mended meanwhile. */
function failureOf(error: unknown): Delivery {
  const said = error instanceof Error ? error.message : String(error)
  const code = numberOf(error, 'responseCode')
  const isOfMail = ['EENVELOPE', 'EMESSAGE'].includes(String(fieldOf(error, 'code')))
  const outcome = isOfMail && (code === null || code >= 500) ? 'never' : 'later'
  return { outcome, text: oneLine(said, MAX_ERROR) }
}

function numberOf(error: unknown, name: string): number | null {
  const value = fieldOf(error, name)
  return typeof value === 'number' ? value : null
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined
}
