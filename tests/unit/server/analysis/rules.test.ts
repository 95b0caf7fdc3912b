import { COLLECTORS } from '@askfirst/agent/collectors/index.ts'
import { createRedactor } from '@askfirst/agent/redaction/redactor.ts'
import type { Seeds } from '@askfirst/agent/redaction/seeds.ts'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { Severity } from '@askfirst/protocol/finding.ts'
import { describe, expect, it } from 'vitest'
import { RULES } from '../../../../server/analysis/rules/index.ts'
import { analysedRun, kernelLine, resultOf, windowsEvent } from '../../../support/analysed.ts'

const KP = 'Microsoft-Windows-Kernel-Power'
const SCM = 'Service Control Manager'
const crash = (time: string) =>
  windowsEvent('Application Error', 1000, { param1: 'excel.exe', param4: 'ntdll.dll', param7: 'c0000005' }, time)
const failedUpdate = (time: string) =>
  windowsEvent('Microsoft-Windows-WindowsUpdateClient', 20, { errorCode: '0x80070070', updateTitle: 'KB1' }, time)
const day = (n: number) => `2026-11-${String(n).padStart(2, '0')}T08:00:00.000Z`
const fact = (section: string, name: string, value: object) => ({ section, name, source: 'test', ...value })
const volume = (change: object) => ({
  mount: '/',
  kind: 'fixed',
  sizeBytes: 100e9,
  usedPercent: 50,
  availableBytes: 50e9,
  ...change,
})
const eth = (change: object) => ({
  part: 'interface',
  interface: 'eth0',
  type: 'ethernet',
  link: 'up',
  source: 'test',
  ...change,
})
const address = (text: string, scope = 'global') => ({
  part: 'address',
  interface: 'eth0',
  family: 'ipv4',
  address: text,
  scope,
  source: 'test',
})
const route = (destination: string) => ({ part: 'route', interface: 'eth0', destination, source: 'test' })

interface Case {
  readonly rule: string
  readonly platform: Platform
  readonly collector: string
  readonly hit: readonly unknown[]
  readonly subject: string
  readonly severity: Severity
  /** Rows that look alike and must not be found. */
  readonly miss: readonly unknown[]
}

const CASES: readonly Case[] = [
  {
    rule: 'disk.full',
    platform: 'linux',
    collector: 'disk.space',
    hit: [volume({ usedPercent: 99, availableBytes: 1e9 })],
    subject: '/',
    severity: 'critical',
    miss: [
      volume({ usedPercent: 89.9 }),
      volume({ kind: 'image', usedPercent: 100 }),
      volume({ readOnly: true, usedPercent: 100 }),
    ],
  },
  {
    rule: 'net.apipa',
    platform: 'win32',
    collector: 'net.config',
    hit: [eth({}), address('169.254.7.7', 'link')],
    subject: 'eth0',
    severity: 'high',
    miss: [eth({}), address('169.254.7.7', 'link'), address('192.168.1.5')],
  },
  {
    rule: 'net.gateway',
    platform: 'linux',
    collector: 'net.config',
    hit: [eth({}), address('192.168.1.5'), route('192.168.1.0/24')],
    subject: 'default route',
    severity: 'high',
    miss: [eth({}), address('192.168.1.5'), route('default')],
  },
  {
    rule: 'net.link',
    platform: 'win32',
    collector: 'net.config',
    hit: [eth({ speedMbps: 100 })],
    subject: 'eth0',
    severity: 'medium',
    miss: [eth({ speedMbps: 1000, receivedPackets: 1e6, receiveErrors: 10 }), eth({ link: 'down', speedMbps: 10 })],
  },
  {
    rule: 'stop.bugcheck',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent(KP, 41, { BugcheckCode: '278' })],
    subject: '0x116',
    severity: 'high',
    miss: [windowsEvent(KP, 41, { BugcheckCode: '0' }), windowsEvent('Other-Provider', 41, { BugcheckCode: '278' })],
  },
  {
    rule: 'stop.powerloss',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent(KP, 41, { BugcheckCode: '0', PowerButtonTimestamp: '0' })],
    subject: 'power',
    severity: 'medium',
    miss: [
      windowsEvent('User32', 1074, {}, '2026-11-20T07:58:00.000Z'),
      windowsEvent(KP, 41, { BugcheckCode: '0', PowerButtonTimestamp: '0' }),
    ],
  },
  {
    rule: 'svc.crash',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent(SCM, 7031, { param1: 'Spooler', param2: '3' })],
    subject: 'Spooler',
    severity: 'high',
    miss: [windowsEvent(SCM, 7036, { param1: 'Spooler' }), windowsEvent('Other', 7031, { param1: 'Spooler' })],
  },
  {
    rule: 'svc.nostart',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [
      windowsEvent(SCM, 7009, { param1: '30000', param2: 'Spooler' }),
      windowsEvent(SCM, 7000, { param1: 'Spooler' }),
    ],
    subject: 'Spooler',
    severity: 'medium',
    miss: [windowsEvent(SCM, 7040, { param1: 'Spooler' })],
  },
  {
    rule: 'disk.badblock',
    platform: 'linux',
    collector: 'eventlog.query',
    hit: [kernelLine('blk_update_request: critical medium error, dev sda, sector 1234')],
    subject: 'sda',
    severity: 'critical',
    miss: [
      kernelLine('sd 0:0:0:0: [sda] Attached SCSI disk'),
      { ...kernelLine('critical medium error, dev sda'), provider: 'x', channel: 'syslog' },
    ],
  },
  {
    rule: 'disk.controller',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent('disk', 11)],
    subject: 'storage path',
    severity: 'high',
    miss: [windowsEvent('disk', 153), windowsEvent('disk', 153)],
  },
  {
    rule: 'kernel.io',
    platform: 'linux',
    collector: 'eventlog.query',
    hit: [kernelLine('blk_update_request: I/O error, dev sdb, sector 0')],
    subject: 'sdb',
    severity: 'medium',
    miss: [
      kernelLine('blk_update_request: I/O error, dev sr0, sector 0'),
      kernelLine('critical medium error, dev sdb, sector 0'),
    ],
  },
  {
    rule: 'fs.corrupt',
    platform: 'linux',
    collector: 'eventlog.query',
    hit: [kernelLine('EXT4-fs error (device sda1): ext4_lookup:1604: inode #2: comm ls: deleted inode referenced')],
    subject: 'sda1',
    severity: 'high',
    miss: [kernelLine('EXT4-fs (sda1): mounted filesystem with ordered data mode')],
  },
  {
    rule: 'mem.oom',
    platform: 'linux',
    collector: 'eventlog.query',
    hit: [kernelLine('Out of memory: Killed process 4242 (java) total-vm:1kB')],
    subject: 'memory',
    severity: 'high',
    miss: [
      kernelLine('java invoked something else'),
      { ...kernelLine('Out of memory: Killed process 1 (x)'), provider: 'app', channel: 'syslog' },
    ],
  },
  {
    rule: 'mem.commit',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent('Microsoft-Windows-Resource-Exhaustion-Detector', 2004, { Process_1_Name: 'chrome.exe' })],
    subject: 'memory',
    severity: 'high',
    miss: [windowsEvent('Other', 2004)],
  },
  {
    rule: 'app.crash.repeat',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [crash(day(1)), crash(day(3)), crash(day(7))],
    subject: 'excel.exe / ntdll.dll / c0000005',
    severity: 'medium',
    miss: [crash(day(1)), crash(day(5)), crash(day(15))],
  },
  {
    rule: 'unit.failed',
    platform: 'linux',
    collector: 'service.list',
    hit: [{ name: 'nginx.service', state: 'failed', result: 'exit-code', source: 'systemd' }],
    subject: 'nginx.service',
    severity: 'medium',
    miss: [
      { name: 'nginx.service', state: 'stopped', source: 'systemd' },
      { name: 'a', state: 'running', restarts: 9, source: 'systemd' },
    ],
  },
  {
    rule: 'os.unsupported',
    platform: 'linux',
    collector: 'device.info',
    hit: [
      fact('operatingSystem', 'name', { text: 'Old OS' }),
      fact('operatingSystem', 'supportEndsAt', { at: '2024-06-30T00:00:00.000Z' }),
    ],
    subject: 'Old OS',
    severity: 'medium',
    miss: [fact('operatingSystem', 'supportEndsAt', { at: '2030-06-30T00:00:00.000Z' })],
  },
  {
    rule: 'update.failed',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [failedUpdate(day(1)), failedUpdate(day(2))],
    subject: 'KB1',
    severity: 'medium',
    miss: [failedUpdate(day(1))],
  },
  {
    rule: 'log.gap',
    platform: 'win32',
    collector: 'eventlog.query',
    hit: [windowsEvent('Microsoft-Windows-Eventlog', 104)],
    subject: 'log cleared',
    severity: 'medium',
    miss: [windowsEvent('EventLog', 6005)],
  },
  {
    rule: 'mem.low',
    platform: 'linux',
    collector: 'device.info',
    hit: [fact('memory', 'total', { number: 16e9 }), fact('memory', 'available', { number: 1e9 })],
    subject: 'memory',
    severity: 'medium',
    miss: [fact('memory', 'total', { number: 16e9 }), fact('memory', 'available', { number: 1.6e9 })],
  },
  {
    rule: 'cpu.hog',
    platform: 'linux',
    collector: 'process.list',
    hit: [{ pid: 77, name: 'miner', cpuPercent: 99 }],
    subject: 'miner',
    severity: 'low',
    miss: [
      { pid: 77, name: 'miner', cpuPercent: 84.9 },
      { pid: 0, name: 'System Idle Process', cpuPercent: 100 },
    ],
  },
]

/** A machine whose names are those that would do most harm if the redaction took them out of other words. */
const seeds: Seeds = {
  hostNames: ['default'],
  userNames: ['anna'],
  systemAccounts: ['root'],
  macAddresses: ['3c:22:fb:01:02:03'],
  ipAddresses: ['192.168.1.5', '169.254.7.7'],
}

/** Rows as the agent sends them under the default request. */
function pseudonymised(collector: string, rows: readonly unknown[]): unknown[] {
  const row = COLLECTORS.find(({ id }) => id === collector)?.row
  if (row === undefined) throw new Error(`There is no collector ${collector}`)
  const redactor = createRedactor({ row, personalData: 'pseudonymise', ticketKey: new Uint8Array(32).fill(1), seeds })
  return rows.map((value) => redactor.row({ ...(value as object) }))
}

describe.each(CASES)('rule $rule', ({ rule, platform, collector, hit, subject, severity, miss }) => {
  it('finds it, with the rows that prove it', () => {
    const result = resultOf(rule, platform, [analysedRun(collector, hit)])
    expect(result.state).toBe('finding')
    expect(result.findings[0]).toMatchObject({ rule, subject, severity })
    expect(result.findings[0]?.evidence[0]?.rows.length).toBeGreaterThan(0)
  })

  it('passes what only looks like it', () => {
    const result = resultOf(rule, platform, [analysedRun(collector, [...miss])])
    expect(result.findings).toEqual([])
    expect(['pass', 'could-not-tell']).toContain(result.state)
  })

  it('[X5] finds and passes the same when personal identifiers were replaced on the device', () => {
    const found = resultOf(rule, platform, [analysedRun(collector, pseudonymised(collector, hit))])
    expect(found.findings).toHaveLength(resultOf(rule, platform, [analysedRun(collector, hit)]).findings.length)
    const passed = resultOf(rule, platform, [analysedRun(collector, pseudonymised(collector, miss))])
    expect(passed.findings).toEqual([])
  })

  it('cannot tell when its collector did not run', () => {
    const other = collector === 'disk.space' ? 'process.list' : 'disk.space'
    expect(resultOf(rule, platform, [analysedRun(other, [])])).toMatchObject({
      state: 'could-not-tell',
      reason: expect.any(String),
    })
  })
})

describe('the rules together', () => {
  it('[X5] know the connection with only a self-given address, and the way out, behind pseudonyms', () => {
    const rows = pseudonymised('net.config', [
      eth({}),
      address('169.254.7.7', 'link'),
      address('192.168.1.5'),
      route('default'),
    ])
    expect(rows).toEqual([
      eth({}),
      address('169.254.7.7', 'link'),
      address(expect.stringMatching(/^private192-[g-z]{6}\.[g-z]{4}$/)),
      route('default'),
    ])
    expect(pseudonymised('net.config', [route('0.0.0.0/0'), route('::/0')])).toEqual([
      route('0.0.0.0/0'),
      route('::/0'),
    ])
  })

  it('have a hit and a miss here, every one of them', () => {
    expect([...CASES.map(({ rule }) => rule), 'data.incomplete'].sort()).toEqual(RULES.map(({ id }) => id).sort())
  })

  it('say what could not be read, and never that silence is health', () => {
    const denied = analysedRun('eventlog.query', [], 'denied')
    expect(resultOf('data.incomplete', 'linux', [denied]).findings[0]).toMatchObject({
      severity: 'information',
      subject: 'eventlog.query',
    })
    expect(resultOf('mem.oom', 'linux', [denied]).state).toBe('could-not-tell')
    expect(resultOf('data.incomplete', 'linux', [analysedRun('eventlog.query', [])]).findings).toEqual([])
  })

  it('hide a finding that another one explains', () => {
    const run = analysedRun('eventlog.query', [
      kernelLine('critical medium error, dev sda, sector 1'),
      kernelLine('blk_update_request: I/O error, dev sda, sector 1'),
    ])
    expect(resultOf('kernel.io', 'linux', [run])).toMatchObject({ state: 'finding', explainedBy: 'disk.badblock' })
    expect(resultOf('disk.badblock', 'linux', [run]).explainedBy).toBeNull()
  })

  it('name at most a hundred rows and count the rest', () => {
    const run = analysedRun(
      'eventlog.query',
      Array.from({ length: 150 }, () => kernelLine('Out of memory: Killed process 1 (a)')),
    )
    expect(resultOf('mem.oom', 'linux', [run]).findings[0]?.evidence[0]).toMatchObject({ totalRows: 150 })
    expect(resultOf('mem.oom', 'linux', [run]).findings[0]?.evidence[0]?.rows).toHaveLength(100)
  })

  it('calls two power losses in a week worse than one', () => {
    const loss = (n: number) => windowsEvent(KP, 41, { BugcheckCode: '0', PowerButtonTimestamp: '0' }, day(n))
    expect(
      resultOf('stop.powerloss', 'win32', [analysedRun('eventlog.query', [loss(1), loss(8)])]).findings[0]?.severity,
    ).toBe('high')
    expect(
      resultOf('stop.powerloss', 'win32', [analysedRun('eventlog.query', [loss(1), loss(9)])]).findings[0]?.severity,
    ).toBe('medium')
  })

  it('judges the retries of a drive only from three in a day on', () => {
    const retry = (hour: string) => windowsEvent('disk', 153, {}, `2026-11-20T${hour}:00:00.000Z`)
    expect(
      resultOf('disk.controller', 'win32', [analysedRun('eventlog.query', [retry('01'), retry('09'), retry('23')])])
        .state,
    ).toBe('finding')
  })
})
