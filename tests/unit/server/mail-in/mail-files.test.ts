import { LIMITS } from '@askfirst/protocol/limits.ts'
import { createMailWriter } from '@askfirst/server/mail/mail-writer.ts'
import { MAX_LOGO_BYTES } from '@askfirst/server/mail-in/mail-files.ts'
import type { Intake } from '@askfirst/server/mail-in/mail-intake.ts'
import { MailIntake } from '@askfirst/server/mail-in/mail-intake.ts'
import { MAX_MAIL_BYTES, parseMail } from '@askfirst/server/mail-in/parsed-mail.ts'
import { MAX_FILE_BYTES_PER_DAY } from '@askfirst/server/people/file-kinds.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fileRef, PNG } from '../../../support/person-records.ts'
import { addTicket, logDraft } from '../../../support/store-records.ts'
import type { TestApp } from '../../../support/test-app.ts'
import { bearerFor, makeUser, startTestApp } from '../../../support/test-app.ts'

let server: TestApp
let intake: MailIntake
beforeAll(async () => {
  server = await startTestApp()
  const { store, clock, services } = server
  const mails = createMailWriter({ settings: services.settings, clock, store, sender: null })
  intake = new MailIntake({ store, clock, mails, ownAddress: null })
}, 60_000)
afterAll(() => server.close())

const JPEG = Buffer.from('ffd8ffe000104a46494600010100', 'hex')

interface Part {
  readonly name?: string
  readonly content: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

let count = 0
/** A mail with files. @param kind of the multipart around text and files */
function mailOf(
  parts: readonly Part[],
  { fields = {}, kind = 'mixed' }: { fields?: Readonly<Record<string, string>>; kind?: 'mixed' | 'related' } = {},
): Buffer {
  count += 1
  const head = {
    From: 'Kim Lee <kim@home.example>',
    Subject: 'Printer hums',
    'Message-ID': `<file-${count}@home.example>`,
    'Content-Type': `multipart/${kind}; boundary=x`,
    ...fields,
  }
  const pieces = parts.map(({ name = 'file', content, headers = {} }) =>
    mimePart(
      {
        'Content-Type': `application/octet-stream; name="${name}"`,
        'Content-Disposition': `attachment; filename="${name}"`,
        'Content-Transfer-Encoding': 'base64',
        ...headers,
      },
      headers['Content-Transfer-Encoding'] === undefined ? base64(content) : content.toString('latin1'),
    ),
  )
  const text = mimePart({ 'Content-Type': 'text/plain' }, 'See the files.')
  return Buffer.from(`${lines(head)}\r\n\r\n${[text, ...pieces].join('')}--x--\r\n`, 'latin1')
}
const lines = (fields: Readonly<Record<string, string>>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\r\n')
const mimePart = (fields: Readonly<Record<string, string>>, body: string) =>
  `--x\r\n${lines(fields)}\r\n\r\n${body}\r\n`
const base64 = (content: Buffer) => content.toString('base64').replaceAll(/.{76}/g, '$&\r\n')

const numberOf = (outcome: Intake) => ('ticketNumber' in outcome ? outcome.ticketNumber : 0)
async function ticketOf(outcome: Intake) {
  const found = await server.store.tickets.byNumber(numberOf(outcome))
  if (found === null) throw new Error('The mail opened no ticket')
  return found
}
/** What the log says of the last mail of a ticket. */
async function received(outcome: Intake) {
  const entries = await server.store.log.read((await ticketOf(outcome)).id, 0, 100)
  return entries.findLast(({ kind }) => kind === 'mail.received')?.body ?? {}
}
/** Takes a mail from a sender of its own, so that none meets the bound of another. */
const take = (parts: readonly Part[], more: Parameters<typeof mailOf>[1] = {}) =>
  intake.take(mailOf(parts, { ...more, fields: { From: `kim${count}@home.example`, ...more.fields } }))
const picture = (bytes: number, fill = 0) => Buffer.concat([PNG, Buffer.alloc(bytes - PNG.length, fill)])

describe('[T70] files of a mail', () => {
  test('become files of the ticket that it opens, by what they are and under clean names', async () => {
    const opened = await take([
      { name: 'C:\\\\temp\\\\Screen shot.exe', content: PNG },
      { name: '../../etc/photo.jpg', content: JPEG },
      { name: '=?utf-8?Q?run=E2=80=AEgnp.exe?=', content: Buffer.from('plain words, <script>') },
    ])
    const { id } = await ticketOf(opened)
    const files = await server.store.attachments.listForTicket(id)
    expect(files.map(({ name, mediaType, state }) => [name, mediaType, state])).toEqual([
      ['Screen shot.exe', 'image/png', 'complete'],
      ['photo.jpg', 'image/jpeg', 'complete'],
      ['run gnp.exe', 'text/plain', 'complete'],
    ])
    const body = await received(opened)
    expect(body).toMatchObject({ text: 'See the files.', dropped: [] })
    expect(body['files']).toEqual(
      files.map(({ id: attachmentId, name, mediaType, bytes, sha256 }) => ({
        ...{ attachmentId, name, mediaType, bytes, sha256 },
      })),
    )
    const headers = await bearerFor(server, await makeUser(server, 'technician'))
    const list = await server.app.inject({ url: `/api/tickets/${id}/attachments`, headers })
    expect(list.json().items[0]).toMatchObject({ statementId: null, deviceId: null, sender: files[0]?.sender })
    const got = await server.app.inject({ url: `/api/attachments/${files[2]?.id}/content`, headers })
    expect(got.headers).toMatchObject({
      'content-type': 'text/plain',
      'x-content-type-options': 'nosniff',
      'content-disposition': 'attachment; filename="run gnp.txt"',
    })
  })

  test('come with an answer as well, and what the ticket has already is not kept twice', async () => {
    const From = 'again@home.example'
    const opened = await take([{ name: 'a.png', content: PNG }], { fields: { From } })
    const again = mailOf(
      [
        { name: 'b.png', content: PNG },
        { name: 'c.jpg', content: JPEG },
      ],
      {
        fields: { From, Subject: `Re: [#${numberOf(opened)}] x` },
      },
    )
    expect(await intake.take(again)).toEqual({ outcome: 'added', ticketNumber: numberOf(opened) })
    expect(await intake.take(again)).toEqual({ outcome: 'known' })
    const files = await server.store.attachments.listForTicket((await ticketOf(opened)).id)
    expect(files.map(({ name }) => name)).toEqual(['a.png', 'c.jpg'])
    expect(await received(opened)).toMatchObject({ dropped: [{ name: 'b.png', because: 'again' }] })
  })

  test('are left out and named with the reason when they are no picture and no text', async () => {
    const odd = [
      { name: 'winmail.dat', content: Buffer.from('789f3e22010009', 'hex') },
      { name: 'run.png', content: Buffer.from('TVqQAAMA', 'base64') },
      { name: 'escape.txt', content: Buffer.from('a\u001b[2J') },
      { name: 'latin.txt', content: Buffer.from([0x47, 0xfc, 0x6e]) },
      { name: 'nothing.png', content: Buffer.alloc(0) },
    ]
    const broken = {
      name: 'broken.png',
      content: Buffer.from('%%%iVBOR!!w0KG\r\n\u0000goAAAA==garbage'),
      headers: { 'Content-Transfer-Encoding': 'base64' },
    }
    const body = await received(await take([...odd, broken]))
    expect(body).toMatchObject({ text: 'See the files.' })
    const dropped = body['dropped'] as readonly { name: string; because: string }[]
    expect(dropped.map(({ name, because }) => [name, because])).toEqual(
      expect.arrayContaining([
        ['winmail.dat', 'kind'],
        ['run.png', 'kind'],
        ['escape.txt', 'kind'],
        ['latin.txt', 'kind'],
        ['nothing.png', 'empty'],
      ]),
    )
  })

  test('inside the text count as files, but a picture of a logo is left out', async () => {
    const inline = (name: string, content: Buffer) => ({
      ...{ name, content },
      headers: { 'Content-Disposition': 'inline', 'Content-ID': `<${name}>`, 'Content-Type': 'image/png' },
    })
    const parts = [inline('logo', picture(MAX_LOGO_BYTES)), inline('shot', picture(MAX_LOGO_BYTES + 1))]
    const body = await received(await take(parts, { kind: 'related' }))
    expect(body['files']).toMatchObject([{ bytes: MAX_LOGO_BYTES + 1 }])
    expect(body['dropped']).toMatchObject([{ bytes: MAX_LOGO_BYTES, because: 'logo' }])
  })

  test('are bounded as on a device: in length, in number, and all together in a mail', async () => {
    const longest = picture(LIMITS.maxAttachmentBytes)
    const long = await received(
      await take([
        { name: 'fits', content: longest },
        { name: 'long', content: picture(LIMITS.maxAttachmentBytes + 1) },
      ]),
    )
    expect(long['files']).toMatchObject([{ name: 'fits' }])
    expect(long['dropped']).toMatchObject([{ name: 'long', because: 'too-long' }])
    const full = Array.from({ length: LIMITS.maxAttachments }, (_, fill) => picture(LIMITS.maxAttachmentBytes, fill))
    const whole = mailOf(full.map((content, at) => ({ name: `${at}.png`, content })))
    expect(whole.length).toBeLessThan(MAX_MAIL_BYTES)
    expect((await received(await intake.take(whole)))['files']).toHaveLength(LIMITS.maxAttachments)
    const many = Array.from({ length: 70 }, (_, at) => ({ name: `${at}.txt`, content: Buffer.from(`text ${at}`) }))
    const body = await received(await take(many))
    expect(body['files']).toHaveLength(LIMITS.maxAttachments)
    expect(body['dropped']).toHaveLength(50)
    expect(body).toMatchObject({ moreDropped: 14 })
    expect(body['dropped']).toContainEqual({ name: '6.txt', bytes: 6, because: 'too-many' })
  }, 60_000)

  test('of a sender who sent too much today are left out, and the words are kept', async () => {
    const { id } = await addTicket(server.store)
    const sender = 'much@home.example'
    const at = new Date(server.clock.now()).toISOString()
    const before = { ...fileRef(PNG), bytes: MAX_FILE_BYTES_PER_DAY - PNG.length, content: new Uint8Array(PNG) }
    const none = { since: at, most: 9, ofSender: Number.MAX_SAFE_INTEGER, ofAll: Number.MAX_SAFE_INTEGER }
    await server.store.mail.receive({
      mail: { messageId: 'much@home.example', sender, at },
      log: logDraft(id, 'mail.received'),
      ...{ bound: none, fileBound: none, files: [{ ...before, log: logDraft(id, 'attachment.stored') }] },
    })
    const fields = { From: sender }
    const beyond = await received(
      await take([{ name: 'a.txt', content: Buffer.alloc(PNG.length + 1, 65) }], { fields }),
    )
    expect(beyond).toMatchObject({
      text: 'See the files.',
      files: [],
      dropped: [{ name: 'a.txt', because: 'no-room' }],
    })
    expect((await received(await take([{ name: 'b.png', content: PNG }], { fields })))['files']).toHaveLength(1)
  })
})

describe('[T70] a mail that is too much', () => {
  const HEAD = 'From: a@b.example\r\nMessage-ID: <a@b.example>\r\n'
  const small = (at: number) => mimePart({ 'Content-Disposition': `attachment; filename=${at}.txt` }, `text ${at}`)
  const manyParts = (parts: number) => {
    const files = Array.from({ length: parts - 2 }, (_, at) => small(at))
    const text = mimePart({ 'Content-Type': 'text/plain' }, 'Words')
    return Buffer.from(`${HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n${text}${files.join('')}--x--\r\n`)
  }
  const nested = (depth: number) => {
    const opening = Array.from(
      { length: depth },
      (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`,
    )
    return Buffer.from(`${HEAD}${opening.join('')}Content-Type: text/plain\r\n\r\nWords\r\n`)
  }

  test('in parts is read as far as the parser goes, and says so', async () => {
    const whole = await parseMail(manyParts(1_000))
    expect(whole).toMatchObject({ text: 'Words', isCut: false })
    expect(whole.files).toHaveLength(998)
    const cut = await parseMail(manyParts(1_500))
    expect(cut).toMatchObject({ text: 'Words', isCut: true })
    expect(cut.files.length).toBeGreaterThan(100)
    expect(cut.files.map(({ isCut }) => isCut).lastIndexOf(true)).toBe(cut.files.length - 1)
    expect(cut.files.filter(({ isCut }) => isCut)).toHaveLength(1)
  })

  test('in depth is read while its words can be reached', async () => {
    expect(await parseMail(nested(100))).toMatchObject({ text: 'Words', isCut: false })
    expect(await parseMail(nested(20_000))).toMatchObject({ text: '', isCut: true, from: { address: 'a@b.example' } })
  })

  test('in lines is cut, and in its header or all together is refused', async () => {
    const text = 'x\r\n'.repeat(1_000_000 - 3)
    expect((await parseMail(Buffer.from(`${HEAD}\r\n${text}`))).isCut).toBe(true) // Its text is too long to be kept whole.
    const file = (end: string) => Buffer.from(`${HEAD}Content-Disposition: attachment\r\n\r\n${text.slice(3)}${end}`)
    expect(await parseMail(file(''))).toMatchObject({ isCut: false, files: [{ isCut: false }] })
    expect(await parseMail(file('x\r\nx\r\n'))).toMatchObject({ isCut: true, files: [{ isCut: true }] })
    const header = (bytes: number) => Buffer.from(`${HEAD}X: ${'y'.repeat(bytes)}\r\n\r\nWords`)
    expect(await parseMail(header(1_000_000))).toMatchObject({ text: 'Words' })
    await expect(parseMail(header(1_048_576))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
    const long = (bytes: number) => Buffer.concat([Buffer.from(`${HEAD}\r\n`), Buffer.alloc(bytes, 'word ')])
    const fits = MAX_MAIL_BYTES - HEAD.length - 2
    expect(await parseMail(long(fits))).toMatchObject({ isCut: true })
    await expect(parseMail(long(fits + 1))).rejects.toMatchObject({ code: 'PAYLOAD_TOO_LARGE' })
  }, 60_000)

  test('is no mail inside a mail: that is a text among its files, and its own files stay in it', async () => {
    const inner = 'From: c@d.example\r\nSubject: Inner\r\n\r\nInner words'
    const rfc822 = { 'Content-Type': 'message/rfc822' }
    const attached = { ...rfc822, 'Content-Disposition': 'attachment; filename=m.eml' }
    const mail = (part: string) =>
      parseMail(Buffer.from(`${HEAD}Content-Type: multipart/mixed; boundary=x\r\n\r\n${part}--x--\r\n`))
    for (const [headers, name] of [
      [attached, 'm.eml'],
      [rfc822, 'file'],
    ] as const) {
      const { text, files } = await mail(mimePart(headers, inner))
      expect([text, files.map((file) => file.name)]).toEqual(['', [name]])
      expect(Buffer.from(files[0]?.content ?? []).toString()).toContain('Inner words')
    }
  })
})
