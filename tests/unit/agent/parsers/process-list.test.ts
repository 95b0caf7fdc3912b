import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import fc from 'fast-check'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import {
  parseCommandLine,
  parseControlGroup,
  parseProcIo,
  parseProcStat,
  parseProcStatus,
} from '../../../../agent/parsers/linux-process.ts'
import { parseElapsedMs, parsePs, parsePsArguments } from '../../../../agent/parsers/macos-ps.ts'
import { rankProcesses } from '../../../../agent/parsers/rank-processes.ts'
import { ratesBetween } from '../../../../agent/parsers/sample-rates.ts'
import { parseWindowsProcesses } from '../../../../agent/parsers/windows-process.ts'

const NOW = new Date('2026-11-22T03:00:00.000Z')
const STAT =
  '4711 (my (odd) name) S 1 4711 4711 0 -1 4194560 500 0 0 0 150 50 0 0 20 -5 7 0 12345 52006912 4842 18446744073709551615 1 1 0'

describe('files of a Linux process', () => {
  it('are read although the name holds blanks and brackets', () => {
    expect(parseProcStat(STAT)).toEqual({
      pid: 4711,
      ppid: 1,
      name: 'my (odd) name',
      state: 'sleeping',
      cpuTimeMs: 2_000,
      priority: -5,
      threads: 7,
      startedAfterBootMs: 123_450,
      rssPages: 4_842,
    })
  })

  it('give nothing when the line is cut off or empty', () => {
    expect(parseProcStat('')).toBe(null)
    expect(parseProcStat(STAT.slice(0, 60))).toBe(null)
    expect(parseProcStat('12 (no end')).toBe(null)
  })

  it('keep a hostile name on one line', () => {
    expect(parseProcStat(STAT.replace('my (odd) name', 'a\n) S 1\u001b[2J'))?.name).toBe('a ) S 1 [2J')
  })

  it('give memory in bytes and the effective account', () => {
    const status =
      'Name:\tx\nUid:\t1000\t33\t1000\t1000\nVmRSS:\t    2048 kB\nRssAnon:\t     512 kB\nVmSwap:\t       0 kB\n'
    expect(parseProcStatus(status)).toEqual({ uid: 33, rssBytes: 2_097_152, privateBytes: 524_288, swapBytes: 0 })
    expect(parseProcStatus('')).toEqual({
      uid: undefined,
      rssBytes: undefined,
      privateBytes: undefined,
      swapBytes: undefined,
    })
  })

  it('give bytes from and to storage, arguments and the control group', () => {
    expect(parseProcIo('rchar: 5\nread_bytes: 4096\nwrite_bytes: 8192\n')).toEqual({
      readBytes: 4_096,
      writtenBytes: 8_192,
    })
    expect(parseCommandLine('/bin/sh\0-c\0echo a\0')).toBe('/bin/sh -c echo a')
    expect(parseCommandLine('')).toBeUndefined()
    expect(parseControlGroup('0::/system.slice/ssh.service\n')).toBe('/system.slice/ssh.service')
    expect(parseControlGroup('1:name=systemd:/\n0::/\n')).toBeUndefined()
  })
})

describe('rates between two samples', () => {
  it('are percent of one processor and bytes a second', () => {
    const rates = ratesBetween(
      { cpuTimeMs: 1_000, readBytes: 0, writtenBytes: 10 },
      { cpuTimeMs: 2_500, readBytes: 500, writtenBytes: 10 },
      1_000,
    )
    expect(rates).toEqual({ cpuPercent: 150, readBytesPerSecond: 500, writtenBytesPerSecond: 0 })
  })

  it('start at zero for a new process, and are unknown without time or with a counter that went back', () => {
    expect(ratesBetween(undefined, { cpuTimeMs: 100 }, 1_000).cpuPercent).toBe(10)
    expect(ratesBetween({ cpuTimeMs: 100 }, { cpuTimeMs: 100 }, 0).cpuPercent).toBeUndefined()
    expect(ratesBetween({ cpuTimeMs: 200 }, { cpuTimeMs: 100 }, 1_000).cpuPercent).toBeUndefined()
    expect(ratesBetween({ readBytes: undefined }, { readBytes: 5 }, 1_000).readBytesPerSecond).toBeUndefined()
  })
})

describe('ps on macOS', () => {
  const HEADER = '  PID  PPID NI    RSS %MEM  %CPU      TIME     ELAPSED STAT USER             COMM'

  it('is read by its header; the program keeps blanks in its name', () => {
    const line =
      '  501     1  0  20480  0,1   2,5   1:02.50  1-02:00:00 Ss   _windowserver    /Applications/My App.app/Contents/MacOS/My App'
    expect(parsePs([HEADER, line], NOW)).toEqual([
      {
        pid: 501,
        ppid: 1,
        name: 'My App',
        user: '_windowserver',
        cpuPercent: 2.5,
        memoryPercent: 0.1,
        cpuTimeMs: 62_500,
        rssBytes: 20_971_520,
        state: 'sleeping',
        priority: 0,
        startedAt: '2026-11-21T01:00:00.000Z',
      },
    ])
  })

  it('gives nothing for empty, cut-off or foreign text', () => {
    expect(parsePs([], NOW)).toEqual([])
    expect(parsePs([HEADER, '  50'], NOW)).toEqual([])
    expect(parsePs(['ps: illegal option -- z', 'usage: ps'], NOW)).toEqual([])
  })

  it('reads elapsed times of every length', () => {
    expect(parseElapsedMs('00:07')).toBe(7_000)
    expect(parseElapsedMs('02:03:04')).toBe(7_384_000)
    expect(parseElapsedMs('16824:54.29')).toBe(1_009_494_290)
    expect(parseElapsedMs('never')).toBeUndefined()
  })

  it('joins command lines by process number', () => {
    expect(parsePsArguments(['  501 /bin/zsh -l', 'nonsense']).get(501)).toBe('/bin/zsh -l')
  })
})

describe('process objects of Windows', () => {
  const before = {
    Sample: 1,
    ProcessId: 8,
    CreationDate: '2026-11-22T01:00:00.0000000Z',
    KernelModeTime: '10000000',
    UserModeTime: '0',
    ReadTransferCount: '0',
    WriteTransferCount: '0',
  }
  const after = {
    ...before,
    Sample: 2,
    ParentProcessId: 4,
    Name: 'svchost.exe',
    KernelModeTime: '15000000',
    WorkingSetSize: '1048576',
    ThreadCount: 5,
    HandleCount: 90,
    Priority: 8,
    ReadTransferCount: '2048',
    Owner: 'NT AUTHORITY\\SYSTEM',
  }

  it('become rows with the use between the samples', () => {
    const rows = parseWindowsProcesses([
      { ElapsedMs: 1_000 },
      before,
      { TotalBytes: 104_857_600 },
      { ProcessId: 8, Private: 4_096 },
      after,
    ])
    expect(rows).toEqual([
      {
        pid: 8,
        ppid: 4,
        name: 'svchost.exe',
        user: 'NT AUTHORITY\\SYSTEM',
        cpuPercent: 50,
        readBytesPerSecond: 2_048,
        writtenBytesPerSecond: 0,
        cpuTimeMs: 1_500,
        rssBytes: 1_048_576,
        privateBytes: 4_096,
        memoryPercent: 1,
        startedAt: '2026-11-22T01:00:00.000Z',
        threads: 5,
        handles: 90,
        priority: 8,
        readBytes: 2_048,
        writtenBytes: 0,
      },
    ])
  })

  it('do not take a process number that was used again for the same process', () => {
    const other = { ...before, CreationDate: '2026-11-22T00:00:00.0000000Z', KernelModeTime: '99999999999' }
    expect(parseWindowsProcesses([{ ElapsedMs: 1_000 }, other, after])[0]?.cpuPercent).toBe(150)
  })

  it('ignore what is no process', () => {
    expect(
      parseWindowsProcesses([
        null,
        7,
        'x',
        [],
        {},
        { Sample: 2 },
        { Sample: 2, ProcessId: -1 },
        { Sample: 2, ProcessId: 'NaN' },
      ]),
    ).toEqual([])
  })
})

describe('numbers of Windows processes', () => {
  it.each([
    ['4294967295', 4_294_967_295],
    ['4294967296', undefined],
  ])('a parent %s is %s', (ParentProcessId, ppid) => {
    const [row] = parseWindowsProcesses([{ Sample: 2, ProcessId: 5, ParentProcessId, Name: 'a' }])
    expect(row).toMatchObject({ pid: 5, name: 'a' })
    expect(row?.ppid).toBe(ppid)
  })

  it('leave out a process whose own number is none', () => {
    expect(parseWindowsProcesses([{ Sample: 2, ProcessId: '4294967296', Name: 'a' }])).toEqual([])
  })
})

describe('the order of processes', () => {
  const rows: ProcessRow[] = [
    { pid: 3, name: 'b', cpuPercent: 1, rssBytes: 5, readBytes: 9, startedAt: '2026-01-01T00:00:00.000Z' },
    { pid: 2, name: 'A', cpuPercent: 9, rssBytes: 1, readBytes: 1, startedAt: '2026-01-03T00:00:00.000Z' },
    { pid: 1, name: 'c', rssBytes: 7 },
  ]
  it.each([
    ['cpu', [2, 3, 1]],
    ['memory', [1, 3, 2]],
    ['io', [3, 2, 1]],
    ['started', [2, 3, 1]],
    ['name', [2, 3, 1]],
  ] as const)('by %s', (order, pids) => {
    expect(rankProcesses(rows, order, 10).map((row) => row.pid)).toEqual(pids)
  })

  it('is cut at the wanted number', () => {
    expect(rankProcesses(rows, 'memory', 1)).toHaveLength(1)
  })
})

describe('the process parsers on any text', () => {
  it('never throw, and all rows fit the schema', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), fc.array(fc.jsonValue()), (lines, objects) => {
        parseProcStat(lines.join(' '))
        parseProcStatus(lines.join('\n'))
        const header = 'PID PPID %CPU %MEM RSS STAT TIME ELAPSED USER COMM'
        const rows = [...parsePs([header, ...lines], NOW), ...parseWindowsProcesses(objects)]
        return rows.every((row) => Value.Check(ProcessRow, row))
      }),
    )
  })

  it('give valid rows for objects of the right form with hostile values', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.double(),
      fc.bigInt().map(String),
      fc.constant(null),
      fc.boolean(),
    )
    const names = [
      'ProcessId',
      'ParentProcessId',
      'Name',
      'CreationDate',
      'KernelModeTime',
      'UserModeTime',
      'WorkingSetSize',
      'ThreadCount',
      'Priority',
      'Owner',
      'CommandLine',
    ]
    const object = fc
      .record(Object.fromEntries(names.map((name) => [name, value])))
      .map((made) => ({ ...made, Sample: 2, ProcessId: 5 }))
    fc.assert(
      fc.property(fc.array(object), (objects) =>
        parseWindowsProcesses([{ ElapsedMs: 10 }, ...objects]).every((row) => Value.Check(ProcessRow, row)),
      ),
    )
  })
})
