import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parseDsclList, parsePasswd } from '@askfirst/agent/platform/accounts.ts'
import { createCommands } from '@askfirst/agent/platform/commands.ts'
import { createFiles } from '@askfirst/agent/platform/files.ts'
import { powershellArguments, runPowershell } from '@askfirst/agent/platform/powershell.ts'
import { RunSources } from '@askfirst/agent/platform/source-log.ts'
import { VolumeProbe } from '@askfirst/agent/platform/volume.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

let directory: string
let sources: RunSources
let stop: AbortController

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'askfirst-platform-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))
beforeEach(() => {
  sources = new RunSources((text) => text.replaceAll('hunter2', '[secret]'))
  stop = new AbortController()
})

const commands = () => createCommands({ platform: 'linux', sources, signal: stop.signal })
const files = () => createFiles({ sources, signal: stop.signal, volume: async () => null })
const shell = (script: string, options = {}) => commands().lines(['/bin/sh'], ['-c', script], options)

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = []
  for await (const line of lines) found.push(line)
  return found
}

describe('programs', () => {
  it('yields lines and leaves a source record with the exit code', async () => {
    expect(await all(shell('echo a; echo b >&2; echo c'))).toEqual(['a', 'c'])
    expect(sources.list()).toMatchObject([{ kind: 'command', state: 'ok', exitCode: 0 }])
  })

  it('passes nothing of its own environment on', async () => {
    const lines = await all(commands().lines(['/usr/bin/env'], []))
    expect(lines.sort()).toEqual(['LANG=C.UTF-8', 'LC_ALL=C.UTF-8', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'])
  })

  it('keeps the rows before a failure, and the redacted error output', async () => {
    const seen: string[] = []
    const read = async () => {
      for await (const line of shell('echo a; echo "password hunter2" >&2; exit 4')) seen.push(line)
    }
    await expect(read()).rejects.toMatchObject({ problem: 'failed' })
    expect(seen).toEqual(['a'])
    expect(sources.list()).toMatchObject([{ state: 'failed', exitCode: 4 }])
    expect(JSON.stringify(sources.list())).not.toContain('hunter2')
  })

  it('takes exit codes that are results', async () => {
    expect(await all(shell('echo a; exit 4', { okExitCodes: [0, 4] }))).toEqual(['a'])
  })

  it('says denied when the program says so', async () => {
    await expect(all(shell('echo "Permission denied" >&2; exit 1'))).rejects.toMatchObject({ problem: 'denied' })
  })

  it('says missing when none of the programs exists, and takes the first that does', async () => {
    await expect(all(commands().lines(['/nonexistent/a', '/nonexistent/b'], []))).rejects.toMatchObject({
      problem: 'missing',
    })
    expect(await all(commands().lines(['/nonexistent/a', '/bin/echo'], ['x']))).toEqual(['x'])
    await expect(all(commands().lines(['echo'], []))).rejects.toThrow('absolute path')
  })

  it('stops a program at its time limit, children included', async () => {
    await expect(all(shell('sleep 60 & sleep 60', { timeoutMs: 100 }))).rejects.toMatchObject({ problem: 'timeout' })
    expect(sources.list()).toMatchObject([{ state: 'timeout' }])
  })

  it.each([
    [4, ['ab', 'c'], 'ok'],
    [5, ['ab', 'c'], 'ok'],
    [3, ['ab'], 'cut'],
  ])('with a limit of %i bytes reads %j and says %s', async (maxBytes, lines, state) => {
    expect(await all(shell('printf "ab\\nc"', { maxBytes }))).toEqual(lines)
    expect(sources.list()).toMatchObject([{ state }])
  })

  it('gives the input to the program', async () => {
    expect(await all(commands().lines(['/bin/cat'], [], { input: 'x\ny' }))).toEqual(['x', 'y'])
  })

  it('stops with the run', async () => {
    const reading = all(shell('echo a; sleep 60'))
    stop.abort(new Error('cancelled'))
    await expect(reading).rejects.toThrow('cancelled')
  })

  it('says that the collector stopped reading', async () => {
    for await (const line of shell('echo a; sleep 60')) {
      expect(line).toBe('a')
      break
    }
    expect(sources.list()).toMatchObject([{ state: 'killed' }])
  })
})

describe('PowerShell', () => {
  it('gets the script as one encoded argument and parameters on standard input only', async () => {
    const script = 'Get-Thing -Name $params.name'
    const encoded = powershellArguments(script).at(-1) ?? ''
    expect(Buffer.from(encoded, 'base64').toString('utf16le')).toMatch(
      /UTF8Encoding[\s\S]*Get-Thing -Name \$params\.name$/,
    )
    const inputs: unknown[] = []
    const lines: ReturnType<typeof commands>['lines'] = async function* (programs, args, options) {
      inputs.push(programs, args.join(' ').includes('evil'), options?.input)
      yield '\ufeff{"a":1}'
      yield ''
    }
    const use = { platform: 'win32' as const, commands: { lines }, script, params: { name: '"; evil' }, options: {} }
    const found: unknown[] = []
    for await (const value of runPowershell(use)) found.push(value)
    expect(found).toEqual([{ a: 1 }])
    expect(inputs).toEqual([
      [expect.stringMatching(/^C:\\Windows\\System32\\.*powershell\.exe$/)],
      false,
      '{"name":"\\"; evil"}',
    ])
  })

  it('does not exist elsewhere', async () => {
    await expect(commands().powershell('x', {})[Symbol.asyncIterator]().next()).rejects.toThrow('Windows only')
  })
})

describe('files', () => {
  it('reads text up to its bound and says when it was cut', async () => {
    const path = join(directory, 'text')
    writeFileSync(path, 'abcdef')
    expect(await files().readText(path, { maxBytes: 6 })).toBe('abcdef')
    expect(await files().readText(path, { maxBytes: 5 })).toBe('abcde')
    expect(sources.list().map(({ state }) => state)).toEqual(['ok', 'cut'])
  })

  it.each([0, 1, 4_095, 4_096, 4_097, 69_631, 69_632, 69_633, 200_000])(
    'reads a whole file of %i bytes, in however many pieces',
    async (length) => {
      const path = join(directory, 'pieces.txt')
      const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(6_000).slice(0, length)
      writeFileSync(path, text)
      expect((await files().readText(path)) === text).toBe(true)
      expect((await files().readText(path, { maxBytes: 4_096 })) === text.slice(0, 4_096)).toBe(true)
    },
  )

  it('reads files of /proc, whose size is 0', async () => {
    expect(await files().readText('/proc/self/status')).toContain('Pid:')
  })

  it('says missing, and null where the fact is optional', async () => {
    const path = join(directory, 'nothing')
    await expect(files().readText(path)).rejects.toMatchObject({ problem: 'missing', source: path })
    await expect(files().list(path)).rejects.toMatchObject({ problem: 'missing' })
    await expect(all(files().lines(path))).rejects.toMatchObject({ problem: 'missing' })
    expect([await files().tryText(path), await files().facts(path), await files().link(path)]).toEqual([
      null,
      null,
      null,
    ])
    expect(sources.list().every(({ state }) => state === 'missing')).toBe(true)
  })

  it('reads lines, from the end of a file and out of a packed one', async () => {
    const [plain, packed] = [join(directory, 'log'), join(directory, 'log.gz')]
    writeFileSync(plain, 'one\ntwo\nthree\n')
    writeFileSync(packed, gzipSync('one\ntwo\n'))
    expect(await all(files().lines(plain, { fromEnd: 6 }))).toEqual(['three'])
    expect(await all(files().lines(packed))).toEqual(['one', 'two'])
  })

  it('says failed for a packed file that is damaged', async () => {
    const path = join(directory, 'bad.gz')
    writeFileSync(path, gzipSync('one\ntwo\n').subarray(0, 15))
    await expect(all(files().lines(path))).rejects.toMatchObject({ problem: 'failed' })
  })

  it('lists without following links', async () => {
    symlinkSync('/etc', join(directory, 'link'))
    expect(await files().list(directory)).toContainEqual({ name: 'link', kind: 'link' })
    expect(await files().link(join(directory, 'link'))).toBe('/etc')
  })

  it('asks for a volume in a thread of its own', async () => {
    const probe = new VolumeProbe()
    expect((await probe.read('/', 10_000))?.sizeBytes).toBeGreaterThan(0)
    expect(await probe.read(join(directory, 'nothing'), 10_000)).toBeNull()
  })
})

describe('source records', () => {
  it('are bounded, with room kept for failures and the rest counted', () => {
    for (let n = 0; n < 500; n += 1) sources.add({ source: `/proc/${n}`, kind: 'file', state: 'ok' })
    sources.add({ source: '/etc/shadow', kind: 'file', state: 'denied', detail: 'x'.repeat(5_000) })
    const records = sources.list()
    expect(records.length).toBeLessThanOrEqual(64)
    expect(records).toContainEqual(expect.objectContaining({ source: '/etc/shadow', state: 'denied' }))
    expect(records.find(({ state }) => state === 'denied')?.detail).toHaveLength(1_024)
    expect(records.at(-1)).toMatchObject({ state: 'ok', detail: expect.stringContaining('461 more') })
  })
})

describe('accounts', () => {
  it('come from passwd and from dscl', () => {
    expect(parsePasswd('anna:x:1000:1000:Anna Schmidt,,,:/home/anna:/bin/sh\n+::::::\nbroken')).toEqual([
      { name: 'anna', uid: 1000, fullName: 'Anna Schmidt', home: '/home/anna' },
    ])
    expect(parseDsclList('_spotlight   89\nanna  501\nnobody -2\n').map(({ name, uid }) => [name, uid])).toEqual([
      ['_spotlight', 89],
      ['anna', 501],
      ['nobody', -2],
    ])
  })
})
