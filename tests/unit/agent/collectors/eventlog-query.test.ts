import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { firstOutsideGrant } from '@askfirst/protocol/within.ts'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { logArguments, logPredicate } from '../../../../agent/collectors/eventlog-query/macos.ts'
import type { EventParams } from '../../../../agent/collectors/eventlog-query/query.ts'
import { DEFAULT_CHANNELS, queryOf } from '../../../../agent/collectors/eventlog-query/query.ts'
import { eventXpath, wevtutilArguments } from '../../../../agent/collectors/eventlog-query/windows.ts'
import { eventlogQuery } from '../../../../agent/collectors/eventlog-query.ts'
import { JOURNAL_FIELDS } from '../../../../agent/parsers/journal-entry.ts'
import { MoreThanAllowed, NotSupportedHere, SourceError } from '../../../../agent/runtime/collector-context.ts'
import type { FakeMachine } from '../../../support/fake-context.ts'
import { allRows, fakeContext } from '../../../support/fake-context.ts'

const now = new Date('2026-03-02T12:00:00.000Z')
const defaults: EventParams = {
  windowMinutes: 1_440,
  levels: ['critical', 'error', 'warning'],
  ids: [],
  providers: [],
  channels: [...DEFAULT_CHANNELS],
  includeSecurity: false,
  maxRows: 1_000,
}
const DMESG = '/usr/bin/dmesg --decode --time-format iso --nopager'
const isRow = Compile(EventRow)

async function collect(machine: Omit<FakeMachine, 'now'>, changes: Partial<EventParams> = {}) {
  const ctx = fakeContext({ ...machine, now })
  const params = { ...defaults, ...changes, levels: [...(changes.levels ?? defaults.levels)] }
  // The collector's own parameter type has mutable lists; the values are the same.
  const rows = await allRows(eventlogQuery.collect(ctx, params as Parameters<typeof eventlogQuery.collect>[1]))
  for (const row of rows) expect(isRow.Check(row)).toBe(true)
  return { rows, ctx }
}

function facts(modifiedAt: string) {
  return { sizeBytes: 1, modifiedAt: new Date(modifiedAt), uid: 0 }
}

describe('eventlog.query on Linux without a journal', () => {
  const ring =
    'kern  :err   : 2026-03-02T11:00:00,000000+00:00 I/O error, dev sda\nkern  :info  : 2026-03-02T11:00:01,000000+00:00 usb found'
  const syslog = {
    '/var/log/syslog':
      '2026-03-02T10:00:00+00:00 pc app[1]: error: one\n2026-03-02T11:30:00+00:00 pc app[1]: error: three\n2026-03-02T11:00:00+00:00 pc kernel: [1.0] I/O error, dev sda',
    '/var/log/syslog.1':
      '2026-03-02T09:00:00+00:00 pc app[1]: error: zero\n2026-02-02T09:00:00+00:00 pc app[1]: error: too old',
    '/var/log/syslog.2.gz': '2026-02-01T09:00:00+00:00 pc app[1]: error: much too old',
    '/var/log/auth.log': '2026-03-02T11:59:00+00:00 pc sshd[2]: error: PAM: Authentication failure',
  }
  const fileFacts = {
    '/var/log/syslog': facts('2026-03-02T11:30:00Z'),
    '/var/log/syslog.1': facts('2026-03-02T09:30:00Z'),
    '/var/log/syslog.2.gz': facts('2026-02-01T09:30:00Z'),
    '/var/log/auth.log': facts('2026-03-02T11:59:00Z'),
  }

  it('merges files, rotated files and the kernel ring newest first, each message once', async () => {
    const { rows, ctx } = await collect({ platform: 'linux', files: syslog, fileFacts, commands: { [DMESG]: ring } })
    expect(rows.map((row) => row.message)).toEqual(['error: three', 'I/O error, dev sda', 'error: one', 'error: zero'])
    expect(ctx.partials).toEqual([])
  })

  it('reads log-in records only when they were allowed', async () => {
    const machine = { platform: 'linux', files: syslog, fileFacts, commands: { [DMESG]: '' } } as const
    expect((await collect(machine)).rows.filter((row) => row.provider === 'sshd')).toEqual([])
    const { rows } = await collect(machine, { includeSecurity: true })
    expect(rows[0]).toMatchObject({ provider: 'sshd', channel: 'security' })
  })

  it('keeps to maxRows, takes the newest, and says that there was more', async () => {
    const ctx = fakeContext({ platform: 'linux', files: syslog, fileFacts, commands: { [DMESG]: ring }, now })
    const rows: unknown[] = []
    const reading = (async () => {
      const params = { ...defaults, maxRows: 2 } as Parameters<typeof eventlogQuery.collect>[1]
      for await (const row of eventlogQuery.collect(ctx, params)) rows.push(row)
    })()
    await expect(reading).rejects.toBeInstanceOf(MoreThanAllowed)
    expect(rows).toMatchObject([{ message: 'error: three' }, { message: 'I/O error, dev sda' }])
  })

  it('says denied when the kernel ring is restricted and nothing else is there', async () => {
    const failed = new SourceError('failed', DMESG, 'dmesg: read kernel buffer failed: Operation not permitted')
    const files = { '/proc/sys/kernel/dmesg_restrict': '1\n' }
    const machine = { platform: 'linux', files, commands: { [DMESG]: failed } } as const
    await expect(collect(machine)).rejects.toMatchObject({ problem: 'denied' })
  })

  it('passes a restricted kernel ring on as partial where files gave rows', async () => {
    const failed = new SourceError('failed', DMESG, 'Operation not permitted')
    const files = { ...syslog, '/proc/sys/kernel/dmesg_restrict': '1\n' }
    const { rows, ctx } = await collect({ platform: 'linux', files, fileFacts, commands: { [DMESG]: failed } })
    expect(rows.length).toBe(4)
    expect(ctx.partials).toMatchObject([{ problem: 'denied' }])
  })

  it('takes the raw form where dmesg knows no decoded one', async () => {
    const unknown = new SourceError('failed', DMESG, 'unrecognized option')
    const commands = { [DMESG]: unknown, '/usr/bin/dmesg -r': '<3>[   60.000000] ata1: failed command' }
    const files = { '/proc/stat': `cpu 1\nbtime ${Date.parse('2026-03-02T10:00:00Z') / 1_000}\n` }
    const { rows } = await collect({ platform: 'linux', files, commands })
    expect(rows).toMatchObject([{ time: '2026-03-02T10:01:00.000Z', level: 'error' }])
  })

  it('ends as missing where there is no log at all', async () => {
    await expect(collect({ platform: 'linux' })).rejects.toMatchObject({ problem: 'missing' })
  })

  it('is not supported when only logs of Windows were asked for', async () => {
    await expect(collect({ platform: 'linux' }, { channels: ['System'] })).rejects.toBeInstanceOf(NotSupportedHere)
  })
})

describe('eventlog.query on Linux with a journal', () => {
  const entry = (fields: Record<string, string>) =>
    Object.entries({ PRIORITY: '3', SYSLOG_IDENTIFIER: 'app', ...fields })
      .map(([name, value]) => `${name}=${value}\n`)
      .join('')
  const time = (text: string) => `${Date.parse(text)}000`
  const args = [
    '/usr/bin/journalctl --output=export --no-pager --quiet --reverse',
    `--since=@${Date.parse('2026-03-01T12:00:00Z') / 1_000} --until=@${now.getTime() / 1_000}`,
    `--output-fields=${JOURNAL_FIELDS.join(',')}`,
    'PRIORITY=0 PRIORITY=1 PRIORITY=2 PRIORITY=3 PRIORITY=4',
  ].join(' ')
  const journal = '/var/log/journal/abc/system.journal'
  const output = [
    entry({ __REALTIME_TIMESTAMP: time('2026-03-02T11:00:00Z'), MESSAGE: 'newest' }),
    entry({ __REALTIME_TIMESTAMP: time('2026-03-02T10:00:00Z'), MESSAGE: 'log-in failed', SYSLOG_FACILITY: '10' }),
    entry({ __REALTIME_TIMESTAMP: time('2026-03-01T10:00:00Z'), MESSAGE: 'before the window' }),
  ].join('\n')

  it('lets journald filter, checks again, and leaves security messages out', async () => {
    const { rows, ctx } = await collect({
      platform: 'linux',
      files: { [journal]: 'LPKSHHRH' },
      commands: { [args]: output },
    })
    expect(rows.map((row) => row.message)).toEqual(['newest'])
    expect(ctx.ran).toEqual([args])
  })

  it('is partial when the system journal may not be read, although journalctl says success', async () => {
    const denied = new SourceError('denied', journal, 'no permission')
    const { ctx } = await collect({ platform: 'linux', files: { [journal]: denied }, commands: { [args]: '' } })
    expect(ctx.partials).toMatchObject([{ problem: 'denied', source: journal }])
  })

  it('is a whole answer, not a failure, when the journal holds nothing of the kind', async () => {
    const machine = { platform: 'linux', files: { [journal]: 'LPKSHHRH' }, commands: { [args]: '' } } as const
    const { rows, ctx } = await collect(machine)
    expect({ rows, partials: ctx.partials }).toEqual({ rows: [], partials: [] })
  })

  it('is partial when a record could not be understood', async () => {
    const commands = { [args]: `${output}\nMESSAGE=cut off` }
    const { rows, ctx } = await collect({ platform: 'linux', files: { [journal]: 'x' }, commands })
    expect(rows.length).toBe(1)
    expect(ctx.partials).toMatchObject([{ problem: 'failed', source: 'journal' }])
  })
})

describe('eventlog.query on Windows', () => {
  const query = (changes: Partial<EventParams> = {}) => queryOf({ ...defaults, ...changes }, now)
  const event = (id: number, at: string, channel: string) =>
    `<Event><System><Provider Name='P'/><EventID>${id}</EventID><Level>2</Level><TimeCreated SystemTime='${at}'/><Channel>${channel}</Channel></System></Event>`
  const command = (channel: string, changes: Partial<EventParams> = {}) =>
    ['C:\\Windows\\System32\\wevtutil.exe', ...wevtutilArguments(channel, query(changes))].join(' ')

  it('merges the channels newest first', async () => {
    const commands = {
      [command('System')]: `${event(1, '2026-03-02T11:00:00Z', 'System')}${event(2, '2026-03-02T09:00:00Z', 'System')}`,
      [command('Application')]: event(3, '2026-03-02T10:00:00Z', 'Application'),
    }
    const { rows } = await collect({ platform: 'win32', commands })
    expect(rows.map((row) => row.eventId)).toEqual([1, 3, 2])
  })

  it('is partial when one channel is denied', async () => {
    const denied = new SourceError('denied', 'wevtutil', 'Access is denied.')
    const commands = {
      [command('System')]: denied,
      [command('Application')]: event(3, '2026-03-02T10:00:00Z', 'Application'),
    }
    const { rows, ctx } = await collect({ platform: 'win32', commands })
    expect(rows.length).toBe(1)
    expect(ctx.partials).toEqual([denied])
  })

  it('reads the Security log only when it was allowed', async () => {
    const commands = { [command('System')]: '', [command('Application')]: '' }
    const without = await collect({ platform: 'win32', commands })
    expect(without.ctx.ran.join()).not.toContain('Security')
    const allowed = { includeSecurity: true }
    const all = { ...commands, [command('Security', allowed)]: event(4625, '2026-03-02T10:00:00Z', 'Security') }
    const { rows } = await collect({ platform: 'win32', commands: all }, allowed)
    expect(rows).toMatchObject([{ eventId: 4625 }])
  })

  it('builds the XPath of levels, ids, providers and window', () => {
    const changes = { levels: ['error'], ids: [41, 1001], providers: ['Disk'], windowMinutes: 60 } as const
    expect(eventXpath(query(changes))).toEqual({
      xpath:
        "*[System[(Level=2) and (EventID=41 or EventID=1001) and Provider[@Name='Disk'] and TimeCreated[@SystemTime>='2026-03-02T11:00:00.000Z' and @SystemTime<='2026-03-02T12:00:00.000Z']]]",
      isExact: true,
    })
  })

  it('leaves out of the XPath what would be too many conditions, and then bounds no count', () => {
    const ids = Array.from({ length: 30 }, (_, index) => index)
    const asked = query({ ids })
    expect(eventXpath(asked)).toMatchObject({ isExact: false })
    expect(wevtutilArguments('System', asked).join(' ')).not.toContain('/c:')
  })
})

describe('eventlog.query on macOS', () => {
  it('asks once, by predicate, and maps types to levels', async () => {
    const { filter } = queryOf(defaults, now)
    const predicate = logPredicate(filter)
    expect(predicate).toBe('(messageType == fault OR messageType == error)')
    const command = ['/usr/bin/log', ...logArguments(filter, predicate ?? '')].join(' ')
    const output = ['Error', 'Default', 'Fault'].map((messageType, index) =>
      JSON.stringify({
        timestamp: `2026-03-02 10:0${index}:00.000000+0000`,
        messageType,
        eventMessage: messageType,
        subsystem: 's',
      }),
    )
    const { rows } = await collect({ platform: 'darwin', commands: { [command]: output.join('\n') } })
    expect(rows.map((row) => row.message)).toEqual(['Fault', 'Error'])
  })

  it('reads 24 hours at most and says so', async () => {
    const { filter } = queryOf({ ...defaults, windowMinutes: 43_200 }, now)
    const asked = { ...filter, fromMs: filter.toMs - 86_400_000 }
    const command = ['/usr/bin/log', ...logArguments(asked, logPredicate(asked) ?? '')].join(' ')
    const { ctx } = await collect({ platform: 'darwin', commands: { [command]: '' } }, { windowMinutes: 43_200 })
    expect(ctx.partials.map((error) => error.message)).toEqual([
      'On macOS at most the last 24 hours of the window are read.',
    ])
  })
})

describe('parameters of eventlog.query', () => {
  const accepts = Compile(eventlogQuery.params)

  it.each(["a' or 1=1", 'a"b', 'a\\b', 'a\nb', '', 'x'.repeat(129)])('refuses the provider %j', (provider) => {
    expect(accepts.Check({ ...defaults, providers: [provider] })).toBe(false)
  })

  it('never reads before the window, whatever from and to say', () => {
    const { filter } = queryOf({ ...defaults, windowMinutes: 60, from: '2020-01-01T00:00:00.000Z' }, now)
    expect(filter.fromMs).toBe(now.getTime() - 3_600_000)
    const past = queryOf({ ...defaults, windowMinutes: 60, to: '2020-01-01T00:00:00.000Z' }, now)
    expect(past.filter.fromMs).toBeGreaterThan(past.filter.toMs)
  })

  it.each([
    [{ windowMinutes: 60 }, {}, 'windowMinutes'],
    [{}, { channels: ['Setup'] }, 'channels'],
    [{}, { includeSecurity: true }, 'includeSecurity'],
    [{}, { levels: ['information'] }, 'levels'],
    [{ ids: [41] }, { ids: [] }, 'ids'],
    [{ providers: ['Disk'] }, {}, 'providers'],
    [{}, { maxRows: 1_001 }, 'maxRows'],
    [{ from: '2026-03-02T00:00:00.000Z' }, {}, 'from'],
    [{ to: '2026-03-02T00:00:00.000Z' }, { to: '2026-03-03T00:00:00.000Z' }, 'to'],
    [{}, { windowMinutes: 10, levels: ['error'], ids: [41], maxRows: 5 }, null],
  ])('[C9] under the grant %j the order %j is outside by %j', (granted, ordered, outside) => {
    expect(firstOutsideGrant(eventlogQuery.params, granted, ordered)).toBe(outside)
  })
})
