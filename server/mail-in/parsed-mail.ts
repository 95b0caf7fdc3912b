import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { HeaderValue, ParsedMail } from 'mailparser'
import { simpleParser } from 'mailparser'
import { isAddress } from '../mail/mailbox.ts'
import { oneLine } from '../one-line.ts'
import type { MailFile } from './mail-files.ts'
import { filesOf } from './mail-files.ts'

/** Largest mail that is read, in bytes: all the files that one may bring (SPEC L18, L19) in base64, and its text. */
export const MAX_MAIL_BYTES = 44 * 1_048_576
/** What follows so many lines is not read: the cost of a mail is in its lines. Files alone come to 570,000. */
const MAX_LINES = 1_000_000
const MAX_HEADER_BYTES = 1_048_576
const MAX_TEXT = 20_000
const MAX_REFERENCES = 50
/** HTML beyond it is not turned into text. */
const MAX_HTML = 262_144

/** What of a mail is looked at. All of it is the sender's word, the sender's address first. */
export interface IncomingMail {
  /** Null: there is none, several, or one that is no plain address. */
  readonly from: { readonly address: string; readonly name: string } | null
  readonly subject: string
  readonly text: string
  /** Whether there was more than was read. */
  readonly isCut: boolean
  /** Without angle brackets, as the next ones; null: the mail has none. */
  readonly messageId: string | null
  /** Mails that it answers, the nearest first. */
  readonly answers: readonly string[]
  readonly files: readonly MailFile[]
  /** Why a program wrote it, for lists and automatic answers; null: a person may have. */
  readonly automatic: string | null
}

/**
 * Reads one mail (RFC 5322). Of one with more lines or parts than are read, the beginning is.
 *
 * @throws AskFirstError PAYLOAD_TOO_LARGE
 */
export async function parseMail(source: Buffer): Promise<IncomingMail> {
  if (source.length > MAX_MAIL_BYTES)
    throw new AskFirstError('PAYLOAD_TOO_LARGE', `The mail is longer than ${MAX_MAIL_BYTES} bytes.`)
  const { mail, isWhole } = await readBeginning(source)
  const text = (mail.text ?? '').replaceAll('\r\n', '\n').replaceAll('\u0000', '').toWellFormed().trim()
  return {
    from: senderOf(mail),
    subject: oneLine(mail.subject ?? '', 200),
    text: text.slice(0, MAX_TEXT).toWellFormed(),
    isCut: !isWhole || text.length > MAX_TEXT,
    messageId: idOf(mail.messageId ?? ''),
    answers: answersOf(mail),
    files: filesOf(mail.attachments, isWhole),
    automatic: automaticOf(mail),
  }
}

/** The library refuses a mail of more than 1,000 parts, or with longer headers than 1 MiB, whole: then less of it is read. */
async function readBeginning(source: Buffer): Promise<{ readonly mail: ParsedMail; readonly isWhole: boolean }> {
  if (headerLength(source) > MAX_HEADER_BYTES)
    throw new AskFirstError('PAYLOAD_TOO_LARGE', `The mail has a header of more than ${MAX_HEADER_BYTES} bytes.`)
  for (let length = lengthOfLines(source); ; length = Math.floor(length / 2)) {
    try {
      return { mail: await simpleParser(source.subarray(0, length), READING), isWhole: length === source.length }
    } catch (error) {
      if (length < 2 || !isTooMuch(error)) throw error
    }
  }
}

const READING = { skipTextToHtml: true, skipImageLinks: true, maxHtmlLengthToParse: MAX_HTML } as const

function isTooMuch(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EMAXLEN'
}

/** Bytes before the first empty line. */
function headerLength(source: Buffer): number {
  const ends = [source.indexOf('\n\n'), source.indexOf('\n\r\n')].filter((at) => at !== -1)
  return ends.length === 0 ? source.length : Math.min(...ends)
}

/** Bytes of the lines that are read. */
function lengthOfLines(source: Buffer): number {
  let at = -1
  for (let lines = 0; lines < MAX_LINES; lines += 1) {
    at = source.indexOf(0x0a, at + 1)
    if (at === -1) return source.length
  }
  return at + 1
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
