import { SERVICE_STATES, ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { serviceList } from '../../../../agent/collectors/service-list.ts'
import { SYSTEMCTL_PROPERTIES } from '../../../../agent/parsers/systemctl-show.ts'
import { SourceError } from '../../../../agent/runtime/collector-context.ts'
import type { FakeMachine } from '../../../support/fake-context.ts'
import { allRows, fakeContext } from '../../../support/fake-context.ts'

type Params = Parameters<typeof serviceList.collect>[1]
const defaults: Params = { states: [...SERVICE_STATES], names: [], commandLine: false }
const isRow = Compile(ServiceRow)

async function collect(machine: FakeMachine, changes: Partial<Params> = {}) {
  const ctx = fakeContext(machine)
  const rows = await allRows(serviceList.collect(ctx, { ...defaults, ...changes }))
  for (const row of rows) expect(isRow.Check(row)).toBe(true)
  return { rows, ctx }
}

const show = (properties: readonly string[]) =>
  `/usr/bin/systemctl show --no-pager --all --property=${properties.join(',')} -- *.service`
const usual = show(SYSTEMCTL_PROPERTIES.filter((name) => name !== 'ExecStart'))
const unitFiles = '/usr/bin/systemctl list-unit-files --type=service --no-legend --no-pager'
const running = { '/run/systemd/system/x': '' }

describe('service.list on Linux', () => {
  it('lists loaded units, then those that only have a file', async () => {
    const commands = {
      [usual]: 'Id=a.service\nLoadState=loaded\nActiveState=active\nSubState=running\n',
      [unitFiles]: 'a.service enabled enabled\nb.service disabled enabled\n',
    }
    const { rows } = await collect({ platform: 'linux', files: running, commands })
    expect(rows).toMatchObject([
      { name: 'a.service', state: 'running' },
      { name: 'b.service', state: 'stopped', startMode: 'manual' },
    ])
  })

  it('reads command lines only when they were allowed', async () => {
    const output = 'Id=a.service\nActiveState=active\nExecStart={ path=/a ; argv[]=/a --key secret ; x }\n'
    const commands = {
      [usual]: output.replace(/ExecStart.*\n/, ''),
      [show(SYSTEMCTL_PROPERTIES)]: output,
      [unitFiles]: '',
    }
    const machine = { platform: 'linux', files: running, commands } as const
    expect((await collect(machine)).rows[0]).not.toHaveProperty('commandLine')
    expect((await collect(machine, { commandLine: true })).rows[0]).toHaveProperty('commandLine', '/a --key secret')
  })

  it('fails rather than list nothing where systemd runs', async () => {
    const machine = { platform: 'linux', files: running, commands: { [usual]: '', [unitFiles]: '' } } as const
    await expect(collect(machine)).rejects.toMatchObject({ problem: 'failed' })
  })

  it('lists definitions with unknown state, as a partial result, where systemd does not run', async () => {
    const files = {
      '/etc/init.d/cups': '#!/bin/sh\n# Short-Description: Print server\n',
      '/lib/systemd/system/cups.service':
        '[Unit]\nDescription=CUPS\n[Service]\nUser=lp\nExecStart=/usr/sbin/cupsd -l\n[Install]\n',
    }
    const links = { '/etc/rc2.d/S01cups': '../init.d/cups', '/etc/systemd/system/off.service': '/dev/null' }
    const { rows, ctx } = await collect({ platform: 'linux', files, links })
    expect(rows).toEqual([
      {
        name: 'cups',
        title: 'Print server',
        state: 'unknown',
        startMode: 'automatic',
        definedIn: '/etc/init.d/cups',
        source: 'init.d',
      },
      {
        name: 'off.service',
        state: 'unknown',
        startMode: 'disabled',
        loaded: false,
        definedIn: '/etc/systemd/system/off.service',
        source: 'unit-file',
      },
      {
        name: 'cups.service',
        title: 'CUPS',
        state: 'unknown',
        startMode: 'manual',
        account: 'lp',
        definedIn: '/lib/systemd/system/cups.service',
        source: 'unit-file',
      },
    ])
    expect(ctx.partials).toMatchObject([{ problem: 'missing', source: '/run/systemd/system' }])
  })

  it('reads the states that OpenRC keeps', async () => {
    const files = { '/etc/init.d/sshd': '', '/etc/init.d/cupsd': '', '/run/openrc/softlevel': 'default' }
    const links = { '/run/openrc/started/sshd': '/etc/init.d/sshd' }
    const { rows, ctx } = await collect({ platform: 'linux', files, links })
    expect(rows).toMatchObject([
      { name: 'sshd', state: 'running', source: 'openrc' },
      { name: 'cupsd', state: 'stopped' },
    ])
    expect(ctx.partials).toEqual([])
  })

  it('ends as missing where nothing is defined', async () => {
    await expect(collect({ platform: 'linux' })).rejects.toMatchObject({ problem: 'missing' })
  })

  it('gives only the asked states and names', async () => {
    const commands = {
      [usual]:
        'Id=a.service\nActiveState=failed\n\nId=b.service\nActiveState=failed\n\nId=c.service\nActiveState=active\n',
      [unitFiles]: '',
    }
    const { rows } = await collect(
      { platform: 'linux', files: running, commands },
      { states: ['failed'], names: ['B', 'c'] },
    )
    expect(rows.map((row) => row.name)).toEqual(['b.service'])
  })
})

describe('service.list on Windows and macOS', () => {
  it('reads Win32_Service without parameters in the script', async () => {
    const powershell = (_script: string, params: Readonly<Record<string, unknown>>) => {
      expect(params).toEqual({})
      return [{ Name: 'Spooler', State: 'Stopped', StartMode: 'Auto', ExitCode: 1_068 }, { DisplayName: 'no name' }]
    }
    const { rows, ctx } = await collect({ platform: 'win32', powershell })
    expect(rows).toMatchObject([{ name: 'Spooler', state: 'failed', exitCode: 1_068 }])
    expect(ctx.partials).toHaveLength(1)
  })

  it('fails rather than list nothing on Windows', async () => {
    await expect(collect({ platform: 'win32', powershell: () => [] })).rejects.toMatchObject({ problem: 'failed' })
  })

  it('joins launchctl with the property lists, and keeps going when one is broken', async () => {
    const plist = (name: string) => `/usr/bin/plutil -convert json -o - -- /Library/LaunchDaemons/${name}.plist`
    const { rows, ctx } = await collect({
      platform: 'darwin',
      files: {
        '/Library/LaunchDaemons/a.plist': '',
        '/Library/LaunchDaemons/b.plist': '',
        '/Library/LaunchAgents/readme': '',
      },
      commands: {
        '/bin/launchctl list': 'PID\tStatus\tLabel\n10\t0\tcom.example.a\n-\t0\tcom.example.other',
        [plist('a')]: '{"Label":"com.example.a","KeepAlive":true,"UserName":"_www","ProgramArguments":["/a","-x"]}',
        [plist('b')]: new SourceError('failed', 'plutil', 'not a property list'),
      },
    })
    expect(rows).toEqual([
      {
        name: 'com.example.a',
        state: 'running',
        pid: 10,
        exitCode: 0,
        startMode: 'automatic',
        account: '_www',
        definedIn: '/Library/LaunchDaemons/a.plist',
        source: 'launchd',
      },
      { name: 'com.example.other', state: 'stopped', exitCode: 0, source: 'launchd' },
    ])
    expect(ctx.partials).toMatchObject([{ problem: 'failed', source: 'plutil' }])
  })
})
