import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { DEFAULT_CONFIG } from '@askfirst/server/config.ts'
import type { OutgoingMail } from '@askfirst/server/mail/smtp.ts'
import { createSmtp } from '@askfirst/server/mail/smtp.ts'
import type { RunningServer } from '@askfirst/server/start-server.ts'
import { startServer } from '@askfirst/server/start-server.ts'
import { SYSTEM_ACTOR } from '@askfirst/server/users/caller.ts'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'

interface Caught {
  readonly from: string
  readonly to: readonly string[]
  readonly source: string
}

const caught: Caught[] = []
/** What the mail server answers to the next recipients, instead of taking them. */
const refusals: number[] = []
let mailServer: SMTPServer
let port: number

beforeAll(async () => {
  port = await listen(0)
})
afterAll(() => new Promise<void>((done) => mailServer.close(done)))
afterEach(() => {
  caught.length = 0
  refusals.length = 0
})

/** Starts a mail server, on the port given. */
function listen(at: number): Promise<number> {
  mailServer = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    onAuth: ({ username, password }, _session, done) =>
      username === 'desk' && password === 'mail secret' ? done(null, { user: 'desk' }) : done(new Error('no')),
    onRcptTo: (_address, _session, done) => {
      const code = refusals.shift()
      done(code === undefined ? null : Object.assign(new Error('not now'), { responseCode: code }))
    },
    onData: (stream, session, done) => {
      const { mailFrom, rcptTo } = session.envelope
      text(stream).then(
        (source) => {
          caught.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            source,
          })
          done()
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
  return new Promise((done) => {
    const listener = mailServer.listen(at, '127.0.0.1', () => done((listener.address() as AddressInfo).port))
  })
}

function smtp(changes: Partial<Parameters<typeof createSmtp>[0]> = {}) {
  const from = { name: 'Hélp desk', address: 'help@desk.example' }
  return createSmtp({ host: '127.0.0.1', port, tls: 'none', from, login: null, ...changes })
}
const mail = (changes: Partial<OutgoingMail> = {}): OutgoingMail => ({
  to: 'kim@home.example',
  subject: '[#12] Drucker geht nicht – ä ö ü',
  text: 'Grüße\n.\nFrom here on',
  messageId: 'mal_1@desk.example',
  references: ['one@home.example', 'two@desk.example'],
  isAutomatic: true,
  ...changes,
})

describe('a mail by SMTP', () => {
  test('arrives as it was written, in any letters, threaded and marked as automatic', async () => {
    expect(await smtp().deliver(mail())).toEqual({ outcome: 'sent' })
    expect(caught).toHaveLength(1)
    expect(caught[0]).toMatchObject({ from: 'help@desk.example', to: ['kim@home.example'] })
    const parsed = await simpleParser(caught[0]?.source ?? '')
    expect(parsed).toMatchObject({
      subject: '[#12] Drucker geht nicht – ä ö ü',
      messageId: '<mal_1@desk.example>',
      inReplyTo: '<two@desk.example>',
      references: ['<one@home.example>', '<two@desk.example>'],
    })
    expect(parsed.text?.trim()).toBe('Grüße\n.\nFrom here on')
    expect(parsed.from?.text).toContain('Hélp desk')
    expect(parsed.headers.get('auto-submitted')).toBe('auto-generated')
  })

  test('has one recipient and no header but its own, whatever a subject or an address says', async () => {
    await smtp().deliver(mail({ subject: 'Hi\r\nBcc: evil@else.example\r\n\r\nbody' }))
    const [first] = caught
    expect(first?.to).toEqual(['kim@home.example'])
    const parsed = await simpleParser(first?.source ?? '')
    expect(parsed.bcc).toBeUndefined()
    expect(parsed.subject).toBe('Hi Bcc: evil@else.example body')
    for (const to of ['kim@home.example,evil@else.example', 'kim@home.example>\r\nRCPT TO:<evil@else.example'])
      expect(await smtp().deliver(mail({ to }))).toMatchObject({ outcome: 'never' })
    expect(caught.flatMap((each) => each.to)).not.toContain('evil@else.example')
  })

  test('is worth another try when the mail server says so or cannot be reached, and none when it refuses it for good', async () => {
    refusals.push(451, 550)
    expect(await smtp().deliver(mail())).toMatchObject({ outcome: 'later' })
    expect(await smtp().deliver(mail())).toMatchObject({ outcome: 'never' })
    expect(await smtp({ port: 1 }).deliver(mail())).toMatchObject({ outcome: 'later' })
  })

  test('waits while the password is wrong or the way is not protected, and the reason names no password', async () => {
    const wrong = await smtp({ login: { user: 'desk', password: 'not the secret' } }).deliver(mail())
    expect(wrong).toMatchObject({ outcome: 'later' })
    expect(JSON.stringify(wrong)).not.toContain('not the secret')
    expect(await smtp({ tls: 'starttls' }).deliver(mail())).toMatchObject({ outcome: 'later' })
    expect(caught).toEqual([])
  })
})

describe('a server with a mail server', () => {
  let directory: string
  let server: RunningServer | undefined
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'askfirst-mail-'))
    await writeFile(join(directory, 'password'), 'mail secret\n')
  })
  afterAll(async () => {
    await server?.close()
    await rm(directory, { recursive: true, force: true })
  })
  const start = () =>
    startServer({
      ...DEFAULT_CONFIG,
      ...{ dataDir: directory, port: 0, agentPort: 0, logLevel: 'silent', mailFrom: 'Desk <help@desk.example>' },
      ...{ smtpHost: '127.0.0.1', smtpPort: port, smtpTls: 'none', smtpUser: 'desk' },
      smtpPasswordFile: join(directory, 'password'),
    })

  test('sends a mail once, also when it stopped and the mail server was away in between', async () => {
    server = await start()
    await new Promise<void>((done) => mailServer.close(done))
    const { tickets } = server.services
    const wish = { title: 'No sound', description: '', requesterName: 'Kim', requesterEmail: 'kim@home.example' }
    const rest = { openedBy: 'desk', deviceIds: [], impact: 'low', urgency: 'low' } as const
    const { id } = await tickets.open({ ...wish, ...rest }, SYSTEM_ACTOR)
    const mails = async () =>
      (await server?.services.store.mail.listForTicket(id))?.map(({ state, attempts }) => [state, attempts])
    await expect.poll(mails).toEqual([['queued', 1]])
    await server.close()
    await listen(port)
    server = await startServer(
      {
        ...DEFAULT_CONFIG,
        ...{ dataDir: directory, port: 0, agentPort: 0, logLevel: 'silent', mailFrom: 'Desk <help@desk.example>' },
        ...{ smtpHost: '127.0.0.1', smtpPort: port, smtpTls: 'none' },
      },
      { clock: { now: () => Date.now() + 120_000 } },
    )
    await expect.poll(mails).toEqual([['sent', 2]])
    expect(caught.map(({ to }) => to)).toEqual([['kim@home.example']])
  })
})
