import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Readable } from 'node:stream'
import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { runCli } from '@askfirst/server/cli/program.ts'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'askfirst-cli-'))
  await writeFile(join(directory, 'password'), 'four plain words here\nsecond line')
})
afterEach(() => rm(directory, { recursive: true }))

/** Runs a command as a script would; gives what it wrote and its exit code. */
function run(...args: string[]) {
  return runWith(process.stdin, ...args)
}

async function runWith(input: NodeJS.ReadStream, ...args: string[]) {
  let [out, err] = ['', '']
  const output = {
    out: (text: string) => {
      out += text
    },
    err: (text: string) => {
      err += text
    },
  }
  const code = await runCli(
    {
      args,
      environment: { ASKFIRST_SERVER_DATA_DIR: join(directory, 'server') },
      stdin: input,
      version: '1.2.3',
    },
    output,
  )
  return { code, out, err }
}
/** What the audit log of a data directory says was done, oldest first. */
function auditActions(data: string): readonly unknown[] {
  const database = new DatabaseSync(join(data, 'store.sqlite'), { readOnly: true })
  const actions = database.prepare('select action from audit_entries order by seq').all()
  database.close()
  return actions.map(({ action }) => action)
}

const createAdmin = (...more: string[]) =>
  run(
    'admin',
    'create',
    '--email',
    'Ada@example.org',
    '--name',
    'Ada',
    '--password-file',
    join(directory, 'password'),
    ...more,
  )

describe('askfirst-server', () => {
  test('says what it can do, and which version it is', async () => {
    const help = await run('--help')
    expect(help.code).toBe(0)
    for (const command of ['start', 'admin', 'token', 'backup', 'restore', 'verify', 'config'])
      expect(help.out).toContain(`  ${command}`)
    expect(await run('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' })
  })

  test.each([
    [['dance']],
    [['start', '--colour', 'red']],
    [['admin', 'create']],
    [['token', 'create', '--uses', '0']],
    [['token', 'create', '--hours', '8761']],
  ])('ends with 2 for wrong usage: %j', async (args) => {
    const { code, err } = await run(...args)
    expect(code).toBe(2)
    expect(err).toMatch(/error/i)
  })

  test('ends with 2 for a configuration that cannot work, and names the key', async () => {
    for (const command of [['start'], ['token', 'create'], ['config', 'check']]) {
      const { code, err } = await run(...command, '--port', 'http')
      expect(code).toBe(2)
      expect(err).toContain('port')
    }
  })
})

test('config check prints every value with its origin, without passwords', async () => {
  const { code, out } = await run('config', 'check', '--store', 'postgres://a:s3cret@db/x', '--json')
  expect(code).toBe(0)
  expect(out).not.toContain('s3cret')
  expect(JSON.parse(out)).toMatchObject({
    ok: true,
    values: expect.arrayContaining([
      { key: 'store', value: 'postgres://a:***@db/x', origin: 'flag' },
      { key: 'dataDir', value: join(directory, 'server'), origin: 'environment' },
      { key: 'port', value: 8420, origin: 'default' },
    ]),
  })
})

test('age-out deletes nothing while that is switched off', async () => {
  expect(await run('age-out')).toMatchObject({ code: 0, out: 'Nothing was deleted.\n' })
  expect(JSON.parse((await run('age-out', '--json')).out)).toMatchObject({ tickets: 0, bytes: 0 })
})

test('admin create makes an admin once for each e-mail', async () => {
  const made = await createAdmin('--json')
  expect(made.code).toBe(0)
  expect(JSON.parse(made.out)).toMatchObject({ email: 'ada@example.org' })
  const again = await createAdmin()
  expect(again.code).toBe(1)
  expect(again.err).toContain('CONFLICT')
})

test('admin create refuses a short password', async () => {
  await writeFile(join(directory, 'password'), 'short')
  expect(await createAdmin()).toMatchObject({ code: 2, out: '' })
})

test('token create prints a code for the configured address', async () => {
  const { code, out } = await run(
    'token',
    'create',
    '--agent-hosts',
    'askfirst.test,10.0.0.1',
    '--agent-port',
    '9443',
    '--uses',
    '5',
    '--approve',
    '--json',
  )
  expect(code).toBe(0)
  const made = JSON.parse(out)
  expect(decodeEnrolmentCode(made.code)).toMatchObject({ host: 'askfirst.test', port: 9443 })
  expect(made).toMatchObject({ uses: 5, approves: true })
  const plain = await run('token', 'create')
  expect(decodeEnrolmentCode(plain.out)).toMatchObject({ host: '127.0.0.1', port: 8421 })
  expect(await run('token', 'create', '--agent-port', '0')).toMatchObject({ code: 2 })
})

test('backup and restore carry accounts and keys to another directory', async () => {
  await createAdmin()
  await run('token', 'create')
  const file = join(directory, 'server.backup')
  const seal = ['--passphrase-file', join(directory, 'password')]
  const made = await run('backup', '--out', file, ...seal)
  expect(made).toMatchObject({ code: 0, err: '' })
  expect((await run('restore', file, '--check')).code).toBe(0)
  const other = join(directory, 'other')
  expect(await run('restore', file, ...seal, '--data-dir', other)).toMatchObject({ code: 0, err: '' })
  const key = (data: string) => readFile(join(data, 'keys', 'authority.key'), 'utf8')
  expect(await key(other)).toBe(await key(join(directory, 'server')))
  expect(auditActions(join(directory, 'server'))).toContain('backup.made')
  expect(auditActions(other)).toContain('backup.restored')
  const taken = await createAdmin('--data-dir', other)
  expect(taken.err).toContain('CONFLICT')
  expect((await run('restore', file, ...seal, '--data-dir', other)).code).toBe(1)
})

test('check walks all chains, names what was changed, and refuses a directory without a store', async () => {
  await createAdmin()
  await run('token', 'create')
  const well = await run('check', '--json')
  expect(well.code).toBe(0)
  expect(JSON.parse(well.out)).toMatchObject({ ok: true, auditEntries: 2, problems: [] })
  const database = new DatabaseSync(join(directory, 'server', 'store.sqlite'))
  database.exec(`update audit_entries set subject = 'usr_other' where seq = 2`)
  database.close()
  const changed = await run('check')
  expect(changed.code).toBe(1)
  expect(changed.out).toContain('Entry 2 of the audit log was changed')
  const elsewhere = await run('check', '--data-dir', join(directory, 'nowhere'))
  expect(elsewhere).toMatchObject({ code: 2, out: '' })
  expect(elsewhere.err).toContain('There is no store')
})

test('the help of a command shows its own options, and those of the configuration that matter to it', async () => {
  const help = async (...command: string[]) => (await run(...command, '--help')).out
  expect(await help('start')).toContain('--tls-cert')
  expect(await help('admin', 'create')).not.toContain('--tls-cert')
  expect(await help('admin', 'create')).toContain('--data-dir')
  expect((await run('admin', 'create', '--tls-cert')).code).toBe(2)
})

test('start says in a sentence which port is taken, which file is missing and what the path runs into', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo // A TCP listener's address is never a path.
  const busy = await run('start', '--port', String(port), '--agent-port', '0', '--log-level', 'silent')
  taken.close()
  expect(busy).toMatchObject({ code: 1, out: '' })
  expect(busy.err).toContain(`Port ${port} on 127.0.0.1 is taken`)
  expect(busy.err.trim().split('\n')).toHaveLength(1)
  const file = await run('start', '--data-dir', join(directory, 'password', 'x'), '--log-level', 'silent')
  expect(file).toMatchObject({ code: 1, out: '' })
  expect(file.err).toContain('is a file, not a directory')
  const missing = join(directory, 'no.pem')
  const tls = await run('start', '--tls-cert', missing, '--tls-key', missing, '--log-level', 'silent')
  expect(tls).toMatchObject({ code: 1, err: expect.stringContaining(`${missing} cannot be used: it does not exist`) })
})

test('verify ends with 2 for a file that is not there and with 1 for one that does not verify', async () => {
  expect((await run('verify', join(directory, 'missing.zip'))).code).toBe(2)
  const { code, err } = await run('verify', join(directory, 'password'))
  expect(code).toBe(1)
  expect(err).toContain('does not verify')
})

describe('mail-in', () => {
  const mail = 'From: kim@home.example\r\nMessage-ID: <1@home.example>\r\nSubject: Hum\r\n\r\nIt hums.\r\n'
  // A pipe, of which the command needs no more than its pieces.
  const pipe = (text: string) => Readable.from([Buffer.from(text)]) as unknown as NodeJS.ReadStream

  test('takes one mail from a pipe, once, and says what became of it', async () => {
    expect(await runWith(pipe(mail), 'mail-in')).toEqual({ code: 0, out: 'Opened ticket 1.\n', err: '' })
    expect((await runWith(pipe(mail), 'mail-in', '--json')).out).toBe('{"outcome":"known"}\n')
    const automatic = `Auto-Submitted: auto-replied\r\n${mail.replace('<1@', '<2@')}`
    const ignored = await runWith(pipe(automatic), 'mail-in')
    expect([ignored.code, ignored.out]).toEqual([0, 'Ignored: Auto-Submitted: auto-replied.\n'])
    expect(auditActions(join(directory, 'server'))).toContainEqual('mail.ignored')
  })

  test('asks for the mail again when the store cannot be reached', async () => {
    const answer = await runWith(pipe(mail), 'mail-in', '--store', 'postgres://askfirst@127.0.0.1:1/none')
    expect(answer.code).toBe(75)
    expect(answer.err).toContain('Bring the mail again later')
  })
})
