import { CHANGE_KINDS, ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { changeXpath } from '../../../../agent/collectors/change-recent/windows.ts'
import { changeRecent } from '../../../../agent/collectors/change-recent.ts'
import { RPM_FORMAT } from '../../../../agent/parsers/rpm-packages.ts'
import { MoreThanAllowed, NotSupportedHere, SourceError } from '../../../../agent/runtime/collector-context.ts'
import type { FakeMachine } from '../../../support/fake-context.ts'
import { allRows, fakeContext } from '../../../support/fake-context.ts'

type Params = Parameters<typeof changeRecent.collect>[1]
const now = new Date('2026-03-10T12:00:00.000Z')
const defaults: Params = { days: 30, kinds: [...CHANGE_KINDS], maxRows: 1_000 }
const window = { fromMs: now.getTime() - 30 * 86_400_000, toMs: now.getTime(), kinds: new Set(CHANGE_KINDS) }
const isRow = Compile(ChangeRow)

async function collect(machine: Omit<FakeMachine, 'now'>, changes: Partial<Params> = {}) {
  const ctx = fakeContext({ ...machine, now })
  const rows = await allRows(changeRecent.collect(ctx, { ...defaults, ...changes }))
  for (const row of rows) expect(isRow.Check(row)).toBe(true)
  return { rows, ctx }
}

const facts = (modifiedAt: string) => ({ sizeBytes: 1, modifiedAt: new Date(modifiedAt), uid: 0 })
const dpkgFiles = {
  '/var/log/dpkg.log':
    '2026-03-05 10:00:00 install new:amd64 <none> 2.0\n2026-03-06 10:00:00 upgrade app:amd64 1.0 1.1\n2026-01-01 10:00:00 install old:amd64 <none> 1',
  '/var/log/apt/history.log':
    'Start-Date: 2026-03-06  09:59:59\nCommandline: apt upgrade\nRequested-By: someone (1000)\nUpgrade: app:amd64 (1.0, 1.1)\nEnd-Date: 2026-03-06  10:00:01\n',
}
const dpkgFacts = {
  '/var/lib/dpkg/status': facts('2026-03-06T10:00:00Z'),
  '/var/log/dpkg.log': facts('2026-03-06T10:00:00Z'),
  '/var/log/apt/history.log': facts('2026-03-06T10:00:00Z'),
}

describe('change.recent on Linux', () => {
  it('joins what dpkg did with who asked apt for it, newest first, inside the window', async () => {
    const { rows, ctx } = await collect({ platform: 'linux', files: dpkgFiles, fileFacts: dpkgFacts })
    expect(rows).toMatchObject([
      { kind: 'updated', name: 'app', fromVersion: '1.0', toVersion: '1.1', by: 'someone', commandLine: 'apt upgrade' },
      { kind: 'installed', name: 'new', toVersion: '2.0' },
    ])
    expect(rows[1]).not.toHaveProperty('by')
    expect(ctx.partials).toEqual([])
  })

  it("takes apt's own list where dpkg.log is gone", async () => {
    const files = { '/var/log/apt/history.log': dpkgFiles['/var/log/apt/history.log'] }
    const { rows } = await collect({ platform: 'linux', files, fileFacts: dpkgFacts })
    expect(rows).toMatchObject([{ kind: 'updated', name: 'app', source: 'apt' }])
  })

  it('is partial when dpkg.log may not be read', async () => {
    const files = { ...dpkgFiles, '/var/log/dpkg.log': new SourceError('denied', '/var/log/dpkg.log', 'no permission') }
    const { rows, ctx } = await collect({ platform: 'linux', files, fileFacts: dpkgFacts })
    expect(rows).toMatchObject([{ source: 'apt' }])
    expect(ctx.partials).toMatchObject([{ problem: 'denied' }])
  })

  it('asks rpm for numbers, not for localised dates', async () => {
    const commands = {
      [`/usr/bin/rpm -qa --qf ${RPM_FORMAT}`]: '1772700000\tbash\t5.2-3\tx86_64\tFedora Project\nbad\n',
    }
    const { rows, ctx } = await collect({
      platform: 'linux',
      fileFacts: { '/var/lib/rpm/rpmdb.sqlite': facts('2026-03-06T10:00:00Z') },
      commands,
    })
    expect(rows).toMatchObject([{ name: 'bash', kind: 'installed', source: 'rpm' }])
    expect(ctx.partials).toMatchObject([{ source: 'rpm' }])
  })

  it('is not supported where no package manager is known, rather than empty', async () => {
    await expect(collect({ platform: 'linux' })).rejects.toBeInstanceOf(NotSupportedHere)
  })

  it('keeps to maxRows and kinds, and says that there was more', async () => {
    const machine = { platform: 'linux', files: dpkgFiles, fileFacts: dpkgFacts } as const
    expect((await collect(machine, { kinds: ['installed'] })).rows.map((row) => row.name)).toEqual(['new'])
    await expect(collect(machine, { maxRows: 1 })).rejects.toBeInstanceOf(MoreThanAllowed)
  })
})

describe('change.recent on Windows and macOS', () => {
  const channels = ['Application', 'System', 'Microsoft-Windows-Kernel-PnP/Configuration']
  const command = (channel: string) =>
    `C:\\Windows\\System32\\wevtutil.exe qe ${channel} /q:${changeXpath(channel, window)} /f:xml /rd:true /uni:true /c:5001`

  it('joins events and uninstall keys, an installation once', async () => {
    const msi = (id: number, data: string) =>
      `<Event><System><Provider Name='MsiInstaller'/><EventID>${id}</EventID><TimeCreated SystemTime='2026-03-05T10:00:00Z'/></System><EventData>${data}</EventData></Event>`
    const { rows, ctx } = await collect({
      platform: 'win32',
      commands: {
        [command('Application')]:
          `${msi(11_707, '<Data>Product: Viewer -- Installation completed successfully.</Data>')}\n${msi(1_033, '<Data>Viewer</Data><Data>3.1</Data><Data>0</Data><Data>0</Data><Data>Example</Data>')}`,
        [command('System')]: new SourceError('denied', 'System', 'Access is denied.'),
        [command('Microsoft-Windows-Kernel-PnP/Configuration')]: '',
      },
      powershell: () => [
        { DisplayName: 'Viewer', InstallDate: '20260305', DisplayVersion: '3.1' },
        { DisplayName: 'Copied', InstallDate: '20260304', DisplayVersion: '1' },
      ],
    })
    expect(rows).toMatchObject([
      { name: 'Viewer', source: 'MsiInstaller 1033', toVersion: '3.1' },
      { name: 'Copied', dayOnly: true },
    ])
    expect(rows).toHaveLength(2)
    expect(ctx.partials).toMatchObject([{ problem: 'denied' }])
  })

  it('asks every channel of the table once, with constants and the start of the window only', () => {
    expect(channels.map((channel) => changeXpath(channel, window))).toEqual([
      "*[System[((Provider[@Name='MsiInstaller'] and (EventID=1033 or EventID=1034 or EventID=11707 or EventID=11708 or EventID=11724))) and TimeCreated[@SystemTime>='2026-02-08T12:00:00.000Z']]]",
      "*[System[((Provider[@Name='Microsoft-Windows-WindowsUpdateClient'] and (EventID=19 or EventID=20)) or (Provider[@Name='Microsoft-Windows-UserPnp'] and (EventID=20001 or EventID=20003)) or (Provider[@Name='Service Control Manager'] and (EventID=7045 or EventID=7040))) and TimeCreated[@SystemTime>='2026-02-08T12:00:00.000Z']]]",
      "*[System[((Provider[@Name='Microsoft-Windows-Kernel-PnP'] and (EventID=400))) and TimeCreated[@SystemTime>='2026-02-08T12:00:00.000Z']]]",
    ])
  })

  it('reads the install history of macOS', async () => {
    const text =
      '{"SPInstallHistoryDataType":[{"_name":"Example","install_date":"2026-03-05T10:00:00Z","install_version":"1"}]}'
    const commands = { '/usr/sbin/system_profiler -json SPInstallHistoryDataType': text }
    const { rows } = await collect({ platform: 'darwin', commands })
    expect(rows).toMatchObject([{ name: 'Example', toVersion: '1', kind: 'installed' }])
  })
})
