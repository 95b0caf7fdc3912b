import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import type { TObject } from 'typebox'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { eventXmlRows } from '../../agent/parsers/event-xml.ts'
import { kernelRingRows } from '../../agent/parsers/kernel-ring.ts'
import { launchctlRow } from '../../agent/parsers/macos-launchctl.ts'
import { newTally } from '../../agent/parsers/parse-tally.ts'
import { syslogRows } from '../../agent/parsers/syslog-lines.ts'
import { unitFileRows } from '../../agent/parsers/systemctl-unit-files.ts'
import { changeOfEvent } from '../../agent/parsers/windows-changes.ts'
import { corpusFolder, corpusPaths, corpusText } from '../support/corpus.ts'
import { journalEvent } from '../support/journal-json.ts'

const isEvent = Compile(EventRow)

function expectValid(schema: TObject, rows: readonly object[]): void {
  const check = Compile(schema)
  expect(rows.filter((row) => !check.Check(row))).toEqual([])
}

async function eventsOf(path: string): Promise<EventRow[]> {
  const tally = newTally()
  const rows: EventRow[] = []
  for await (const row of eventXmlRows(corpusText(path).split('\n'), tally)) rows.push(row)
  expect(tally.unparsed, path).toBe(0)
  expect(rows.filter((row) => !isEvent.Check(row))).toEqual([])
  return rows
}

/** How many events of `provider/id` there are, providers with `MW-` for `Microsoft-Windows-`, as the corpus index writes it. */
function countsOf(rows: readonly EventRow[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const row of rows) {
    const key = `${row.provider.replace('Microsoft-Windows-', 'MW-')}/${row.eventId}`
    counts[key] = (counts[key] ?? 0) + 1
  }
  return counts
}

async function syslogOf(path: string) {
  const tally = newTally()
  const rows: EventRow[] = []
  const options = { channel: 'syslog', latestMs: Date.parse('2022-12-31T00:00:00Z'), zone: 'utc' } as const
  for await (const row of syslogRows(corpusText(path).split('\n'), options, tally)) rows.push(row)
  expectValid(EventRow, rows)
  return { rows, tally }
}

describe.skipIf(corpusFolder === null)('recorded Windows events', () => {
  it.each([
    [
      'windows/deepbluecli/system-eventlog-service-disabled.xml',
      13,
      {
        'Service Control Manager/7001': 6,
        'MW-DistributedCOM/10005': 3,
        'Service Control Manager/7040': 2,
        'MW-Eventlog/104': 1,
        'MW-Kernel-General/1': 1,
      },
    ],
    [
      'windows/omerbenamram-evtx/application-win10-boot.xml',
      17,
      { 'SecurityCenter/15': 1, 'ESENT/102': 1, 'MW-Winlogon/6000': 1, 'MW-Search/1003': 1 },
    ],
    [
      'windows/omerbenamram-evtx/security-short.xml',
      7,
      { 'MW-Security-Auditing/5152': 2, 'MW-Security-Auditing/4625': 1 },
    ],
    [
      'windows/omerbenamram-evtx/system-win10-2018.xml',
      228,
      {
        'MW-DistributedCOM/10016': 16,
        'Service Control Manager/7023': 12,
        'MW-WindowsUpdateClient/20': 5,
        'MW-DNS-Client/1014': 60,
        'e1iexpress/27': 40,
        'Disk/51': 3,
        'EventLog/6013': 23,
        'User32/1074': 2,
      },
    ],
    [
      'windows/python-evtx/system-win7-workstation.xml',
      211,
      {
        'MW-Kernel-Power/41': 2,
        'TermDD/56': 2,
        'EventLog/6008': 2,
        'MW-WER-SystemErrorReporting/1001': 1,
        'EventLog/6013': 32,
        'Service Control Manager/7045': 12,
        'MW-WindowsUpdateClient/19': 8,
      },
    ],
    [
      'windows/ts-evtx/application-win11.native.xml',
      135,
      {
        'MW-Security-SPP/8198': 4,
        'MW-CAPI2/4097': 9,
        'edgeupdate/0': 8,
        'Windows Error Reporting/1001': 7,
        'MW-RestartManager/10010': 3,
      },
    ],
    [
      'windows/ts-evtx/security-win11.native.xml',
      80,
      { 'MW-Eventlog/1100': 2, 'MW-Security-Auditing/4624': 2, 'MW-Security-Auditing/4672': 2 },
    ],
    [
      'windows/ts-evtx/system-win11-later.native.xml',
      212,
      {
        'MW-HAL/20': 5,
        'MW-WindowsUpdateClient/20': 2,
        'MW-TPM-WMI/1796': 2,
        'MW-WindowsUpdateClient/43': 38,
        'MW-WindowsUpdateClient/19': 37,
        'Service Control Manager/7040': 17,
        'TPM/17': 13,
      },
    ],
    ['windows/beats/application-wer-1001.xml', 1, { 'Windows Error Reporting/1001': 1 }],
    ['windows/otel-contrib/system-rendered-7036.xml', 1, { 'Service Control Manager/7036': 1 }],
    [
      'windows/evtxecmd-maps/System_Service-Control-Manager_7036.xml',
      2,
      { 'Service Control Manager/7036': 1, 'Netwtw06/7036': 1 },
    ],
  ])('%s holds %i events with the counts of the index', async (path, total, counts) => {
    const rows = await eventsOf(path)
    expect(rows).toHaveLength(total)
    expect(countsOf(rows)).toMatchObject(counts)
  })

  it('reads every single example of the EvtxECmd maps with the id in its file name', async () => {
    const paths = corpusPaths().filter((path) => path.startsWith('windows/evtxecmd-maps/'))
    expect(paths.length).toBeGreaterThanOrEqual(28)
    for (const path of paths) {
      const id = Number(/_(\d+)\.xml$/.exec(path)?.[1])
      expect((await eventsOf(path)).map((row) => row.eventId)).toContain(id)
    }
  })

  it('keeps values, times and rendered text', async () => {
    const [rendered] = await eventsOf('windows/otel-contrib/system-rendered-7036.xml')
    expect(rendered).toMatchObject({
      time: '2026-03-16T15:49:02.078Z',
      message: 'The Software Protection service entered the running state.',
      data: { param1: 'Software Protection', param2: 'running' },
    })
    const [report] = await eventsOf('windows/beats/application-wer-1001.xml')
    expect(report?.data).toMatchObject({ param1: '', param3: 'WindowsWcpOtherFailure3', param10: 'c0000121' })
    const [joined] = await eventsOf('windows/evtxecmd-maps/System_Service-Control-Manager_7036.xml')
    expect(joined?.time).toBe('2012-03-13T20:11:22.376Z')
  })

  it('finds the failed updates and new services among the changes', async () => {
    const changes = (await eventsOf('windows/omerbenamram-evtx/system-win10-2018.xml'))
      .map(changeOfEvent)
      .filter((row) => row !== null)
    expect(changes.filter((row) => row.kind === 'osUpdate' && row.result === 'failed')).toHaveLength(5)
    expect(changes.filter((row) => row.kind === 'osUpdate' && row.result === 'succeeded')).toHaveLength(12)
    const workstation = (await eventsOf('windows/python-evtx/system-win7-workstation.xml')).map(changeOfEvent)
    expect(workstation.filter((row) => row?.detail?.startsWith('added'))).toHaveLength(12)
  })
})

describe.skipIf(corpusFolder === null)('recorded Linux and macOS logs', () => {
  it.each([
    ['linux/hotsos/kern-calltrace-module.log', 11],
    ['linux/hotsos/kern-conntrack-full.log', 1],
    ['linux/hotsos/kern-hung-task-fuse.log', 29],
    ['linux/hotsos/kern-medium-error.log', 2],
    ['linux/hotsos/kubernetes-kern.log', 757],
    ['macos/plaso/appfirewall.log', 47],
    ['macos/plaso/logd.0.log', 76],
  ])('%s gives %i syslog rows, all understood', async (path, total) => {
    const { rows, tally } = await syslogOf(path)
    expect(rows).toHaveLength(total)
    expect(tally.unparsed).toBe(0)
  })

  it('keeps the explanations of a verbose journal with their messages', async () => {
    const { rows, tally } = await syslogOf('linux/hotsos/openstack-journal-ceph-osd-failing.txt')
    expect(tally.unparsed).toBe(0)
    expect(rows.at(-1)).toMatchObject({ provider: 'systemd', pid: 1, level: 'error' })
    expect(rows.at(-1)?.message).toContain('Failed to start Ceph object storage daemon osd.0.')
  })

  it.each([
    ['linux/hotsos/kern-oom-killer.log', 202, 'invoked oom-killer'],
    ['linux/hotsos/kubernetes-dmesg.txt', 813, 'Linux version 5.4.0-99-generic'],
    ['linux/satyr/oops-rhbz-827868.txt', 37, 'WARNING: at mm/page_alloc.c:2204'],
    ['linux/satyr/oops-rhbz-865695-2.txt', 46, 'kernel BUG at include/net/cfg80211.h:2473!'],
  ])('%s gives %i kernel rows', async (path, total, text) => {
    const rows: EventRow[] = []
    const tally = newTally()
    for await (const row of kernelRingRows(corpusText(path).split('\n'), { bootMs: 1_643_587_200_000 }, tally))
      rows.push(row)
    expectValid(EventRow, rows)
    expect(rows).toHaveLength(total)
    expect(tally.unparsed).toBe(0)
    expect(rows[0]?.message).toContain(text)
  })

  it('counts a kernel report without times as not understood, and gives it no made-up time', async () => {
    const tally = newTally()
    const lines = corpusText('linux/satyr/oops-github-102.txt').split('\n')
    for await (const row of kernelRingRows(lines, { bootMs: 1 }, tally)) expect(row).toBeUndefined()
    expect(tally.unparsed).toBe(lines.filter((line) => line.trim() !== '').length)
  })

  it('reads journald JSON', () => {
    const tally = newTally()
    const rows = corpusText('linux/lnav/journald.json')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => journalEvent(line, tally)?.row)
    expect(rows).toMatchObject([
      {
        level: 'critical',
        provider: 'python',
        pid: 184,
        unit: 'medusa-GpsLocator.service',
        time: '2018-08-21T14:04:21.221Z',
      },
      { level: 'information', provider: 'python' },
    ])
  })
})

describe.skipIf(corpusFolder === null)('recorded services', () => {
  it('reads systemctl list-unit-files', () => {
    const tally = newTally()
    const rows = unitFileRows(corpusText('linux/jc/ubuntu-18.04-systemctl-luf.txt').split('\n'), tally)
    expectValid(ServiceRow, rows)
    expect(tally.unparsed).toBe(0)
    expect(rows).toHaveLength(
      corpusText('linux/jc/ubuntu-18.04-systemctl-luf.txt')
        .split('\n')
        .filter((line) => /\.service\s/.test(line)).length,
    )
    expect(rows.length).toBeGreaterThan(100)
  })

  it('reads launchctl list, with the statuses of the index', () => {
    const tally = newTally()
    const lines = corpusText('macos/glpi-agent/launchctl-list.txt').split('\n')
    const rows = lines.flatMap((line) => launchctlRow(line, tally) ?? [])
    expectValid(ServiceRow, rows)
    expect(tally.unparsed).toBe(0)
    const statuses = rows.map((row) => row.exitCode ?? -(row.exitSignal ?? 0)).filter((status) => status !== 0)
    expect(new Set(statuses)).toEqual(new Set([71, 1, -43, -15]))
    expect(rows.find((row) => row.exitCode === -43)?.state).toBe('running')
  })
})
