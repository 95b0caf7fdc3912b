import { describe, expect, it } from 'vitest'
import { deviceInfo } from '../../../../agent/collectors/device-info.ts'
import { netConfig } from '../../../../agent/collectors/net-config.ts'
import { processList } from '../../../../agent/collectors/process-list.ts'
import { SourceError } from '../../../../agent/runtime/collector-context.ts'
import { allRows, fakeContext } from '../../../support/fake-context.ts'

const problem = { Problem: 'Win32_Tpm', Kind: 'denied', Text: 'Access is denied.' }

describe('a source that could not be read', () => {
  it('marks the picture of a Windows machine as partial and gives the other facts', async () => {
    const bios = { Class: 'Win32_BIOS', Manufacturer: 'Dell', SMBIOSBIOSVersion: '1.2' }
    const ctx = fakeContext({ platform: 'win32', powershell: () => [problem, bios] })
    const rows = await allRows(deviceInfo.collect(ctx, { sections: ['firmware', 'security'] }))
    expect(rows.map(({ name }) => name)).toEqual(['vendor', 'version'])
    expect(ctx.partials).toMatchObject([{ problem: 'denied', source: 'Win32_Tpm' }])
  })

  it.each([
    [deviceInfo, { sections: ['system'] }],
    [netConfig, { parts: [] }],
    [processList, { top: 5, sort: 'cpu', sampleMs: 0, commandLine: false }],
  ] as const)('is reported by every script that reads several classes', async (collector, params) => {
    const scripts: string[] = []
    const failed = { Problem: 'SomeClass', Kind: 'failed', Text: '' }
    const ctx = fakeContext({ platform: 'win32', powershell: (script) => [void scripts.push(script), failed] })
    // Each collector gets its own parameters above.
    const rows: AsyncIterable<unknown> = collector.collect(ctx, params as never)
    await allRows(rows)
    expect(ctx.partials).toMatchObject([{ problem: 'failed', source: 'SomeClass' }])
    expect(scripts.join('')).not.toContain('SilentlyContinue')
    expect(scripts.join('')).toMatch(/catch \{ Write-Problem /)
  })

  it('is no problem on Linux while the files of the kernel say the same, and is one when they are missing too', async () => {
    const files = {
      '/sys/class/net/eth0/address': '02:00:00:00:00:01',
      '/proc/net/route': 'Iface\n',
      '/proc/net/fib_trie': 'Main:\n',
    }
    const whole = fakeContext({ platform: 'linux', files })
    await allRows(netConfig.collect(whole, { parts: [] }))
    expect(whole.partials).toEqual([])
    const denied = new SourceError('denied', '/proc/net/route', 'no permission')
    const torn = fakeContext({ platform: 'linux', files: { ...files, '/proc/net/route': denied } })
    await allRows(netConfig.collect(torn, { parts: [] }))
    expect(torn.partials).toEqual([denied])
  })
})
