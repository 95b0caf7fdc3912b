import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { HeaderValue, ParsedMail } from 'mailparser'
import { simpleParser } from 'mailparser'
import { isAddress } from '../mail/mailbox.ts'
import { oneLine } from '../one-line.ts'

/** Largest mail that is read, in bytes. */
export const MAX_MAIL_BYTES = 10 * 1_048_576
const MAX_TEXT = 20_000
const MAX_REFERENCES = 50
const MAX_FILES = 50
/** HTML beyond it is not turned into text. */
const MAX_HTML = 262_144

/** A file that came with a mail and was not kept. */
export interface DroppedFile {
  readonly name: string
  readonly mediaType: string
  readonly bytes: number
}

/** What of a mail is looked at. All of it is the sender's word, the sender's address first. */
export interface IncomingMail {
  /** Null: there is none, several, or one that is no plain address. */
  readonly from: { readonly address: string; readonly name: string } | null
  readonly subject: string
  readonly text: string
  readonly isCut: boolean
  /** Without angle brackets, as the next ones; null: the mail has none. */
  readonly messageId: string | null
  /** Mails that it answers, the nearest first. */
  readonly answers: readonly string[]
  readonly dropped: readonly DroppedFile[]
  /** Why a program wrote it, for lists and automatic answers; null: a person may have. */
  readonly automatic: string | null
}

/**
 * Reads one mail (RFC 5322).
 *
 * @throws AskFirstError PAYLOAD_TOO_LARGE
 */
export async function parseMail(source: Buffer): Promise<IncomingMail> {
  if (source.length > MAX_MAIL_BYTES)
    throw new AskFirstError('PAYLOAD_TOO_LARGE', `The mail is longer than ${MAX_MAIL_BYTES} bytes.`)
  const mail = await simpleParser(source, {
    skipTextToHtml: true,
    skipImageLinks: true,
    maxHtmlLengthToParse: MAX_HTML,
  })
  const text = (mail.text ?? '').replaceAll('\r\n', '\n').replaceAll('\u0000', '').toWellFormed().trim()
  return {
    from: senderOf(mail),
    subject: oneLine(mail.subject ?? '', 200),
    text: text.slice(0, MAX_TEXT).toWellFormed(),
    isCut: text.length > MAX_TEXT,
    messageId: idOf(mail.messageId ?? ''),
    answers: answersOf(mail),
    dropped: mail.attachments.slice(0, MAX_FILES).map(({ filename, contentType, size }) => ({
      name: oneLine(filename ?? '', 120),
      mediaType: oneLine(contentType, 100),
      bytes: size,
    })),
    automatic: automaticOf(mail),
  }
}

function senderOf({ from }: ParsedMail): IncomingMail['from'] {
  const [first, ...more] = from?.value ?? []
  const address = first?.address?.toLowerCase() ?? ''
  return more.length > 0 || !isAddress(address) ? null : { address, name: oneLine(first?.name || address, 200) }
}

function answersOf({ inReplyTo, references }: ParsedMail): readonly string[] {
  const named = [inReplyTo ?? '', ...[references ?? []].flat().toReversed()]
  const ids = named.flatMap((text) => text.split(/\s+/)).map(idOf)
  return [...new Set(ids.filter((id) => id !== null))].slice(0, MAX_REFERENCES)
}

function idOf(text: string): string | null {
  const id = text.trim().replace(/^</, '').replace(/>$/, '')
  return /^[\x21-\x7e]{3,500}$/.test(id) ? id : null
}

/** Marks of RFC 3834, RFC 2919 and the older ways that programs have of saying so. */
function automaticOf({ headers }: ParsedMail): string | null {
  const submitted = wordOf(headers.get('auto-submitted'))
  if (submitted !== '' && submitted !== 'no') return `Auto-Submitted: ${submitted}`
  const precedence = wordOf(headers.get('precedence'))
  if (['bulk', 'junk', 'list', 'auto_reply'].includes(precedence)) return `Precedence: ${precedence}`
  if (headers.has('list')) return 'it comes from a mailing list'
  for (const name of ['x-autoreply', 'x-autorespond', 'x-auto-reply']) if (headers.has(name)) return name
  return headers.has('x-failed-recipients') ? 'it says that a mail did not arrive' : null
}

function wordOf(value: HeaderValue | undefined): string {
  return typeof value === 'string' ? (value.trim().toLowerCase().split(/[\s;]/, 1)[0] ?? '') : ''
}
