import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT, exitCodeOf } from '@askfirst/agent/cli/exit-codes.ts'
import { findId } from '@askfirst/agent/cli/find-id.ts'
import { rowPattern } from '@askfirst/agent/cli/row-pattern.ts'
import type { Terminal } from '@askfirst/agent/cli/terminal.ts'
import { loadConfig } from '@askfirst/agent/config.ts'
import { systemAgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import type { LocalChannel } from '@askfirst/agent/local/local-channel.ts'
import { openLocalChannel } from '@askfirst/agent/local/local-channel.ts'
import { main } from '@askfirst/agent/main.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChannelParts } from '../local/channel-parts.ts'
import { startParts } from '../local/channel-parts.ts'

let dataDir: string
let parts: ChannelParts
let channel: LocalChannel
let out: string[]
let notes: string[]
let asked: string[]
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'askfirst-cli-'))
  parts = startParts()
  out = []
  notes = []
  asked = []
  channel = await openLocalChannel({
    runDir: join(dataDir, 'run'),
    handlers: parts.handlers,
    clock: systemAgentClock,
    onProblem: () => undefined,
  })
})
afterEach(async () => {
  await channel.close()
  parts.disk.dispose()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Runs a command line; `answers` make it a terminal at which a person answers in this order. */
function run(args: string[], answers?: string[]): Promise<number> {
  const left = [...(answers ?? [])]
  const terminal: Terminal = {
    isInteractive: answers !== undefined,
    out: (line) => void out.push(line),
    note: (line) => void notes.push(line),
    ask: async (question) => {
      asked.push(question)
      return left.shift() ?? ''
    },
  }
  return main([...args, '--data', dataDir], terminal)
}

async function received(change: Partial<ConsentRequest> = {}): Promise<ConsentRequest> {
  const request = parts.disk.request(change)
  await parts.disk.book.receive(request)
  return request
}

const json = () => JSON.parse(out.at(-1) ?? '')
const active = () => parts.disk.book.grants().filter(({ ended }) => ended === undefined)

describe('[C2] approve asks, and no is the default', () => {
  it.each(['', 'n', 'no', 'x', 'yy'])('answer %j allows nothing', async (answer) => {
    await received()
    expect(await run(['approve', 'latest'], [answer])).toBe(EXIT.refused)
    expect(out.join('\n')).toContain('This program cannot control this computer')
    expect(active()).toEqual([])
    expect(parts.disk.book.pending()).toHaveLength(1)
  })

  it.each(['y', 'YES', ' y '])('answer %j allows what was shown', async (answer) => {
    await received()
    expect(await run(['approve', 'latest'], [answer])).toBe(EXIT.ok)
    expect(active()).toHaveLength(1)
  })

  it('without a terminal it wants --yes', async () => {
    const request = await received()
    expect(await run(['approve', request.requestId])).toBe(EXIT.usage)
    expect(active()).toEqual([])
    expect(
      await run([
        'approve',
        request.requestId,
        '--yes',
        '--json',
        '--only',
        'process.list',
        '--minutes',
        '5',
        '--review',
      ]),
    ).toBe(EXIT.ok)
    expect(json()).toMatchObject({
      requestId: request.requestId,
      grant: { review: true, collectors: [{ id: 'process.list' }] },
    })
  })

  it('shows the text to whoever is asked, also with --json', async () => {
    await received()
    expect(await run(['approve', 'latest', '--json'], ['n'])).toBe(EXIT.refused)
    expect(notes.join('\n')).toContain('Match code')
  })

  it('asks with the choices that were made', async () => {
    await received()
    await run(['approve', 'latest', '--only', 'process.list', '--minutes', '90', '--review'], ['n'])
    expect(asked).toEqual([
      'Allow this (only process.list, for at most 1 hour 30 minutes, and you look before anything is sent)? [y/N] ',
    ])
  })
})

describe('requests, deny, revoke', () => {
  it('list what waits and what is allowed, with hostile names made plain', async () => {
    await received({ technician: { ...parts.disk.request().technician, name: '\u001b[31mTina\nAllowed now:' } })
    await parts.disk.allow(parts.disk.request())
    expect(await run(['requests'])).toBe(EXIT.ok)
    expect(out.join('\n')).toContain('“[31mTina Allowed now:”')
    expect(out.join('')).not.toContain('\u001b')
    expect(await run(['requests', '--json'])).toBe(EXIT.ok)
    expect(json()).toMatchObject({ pending: [{}], grants: [{}] })
  })

  it('deny with a reason', async () => {
    const request = await received()
    expect(await run(['deny', request.requestId.slice(-6), '--reason', 'on the phone'])).toBe(EXIT.ok)
    expect(parts.disk.book.pending()).toEqual([])
    expect(await run(['deny', request.requestId])).toBe(EXIT.refused)
  })

  it('[C20] [C21] report blocks who asked, and a block that was lifted is told once', async () => {
    const request = await received()
    expect(await run(['report', 'latest', '--reason', 'No match code'])).toBe(EXIT.ok)
    expect(out.join('\n')).toContain('cannot ask this computer again')
    expect(await run(['requests'])).toBe(EXIT.ok)
    expect(out.join('\n')).toContain('Blocked: “Tina Tech”')
    const [reported] = parts.disk.book.reports()
    expect(reported?.requestId).toBe(request.requestId)
    const lifted = { at: '2026-11-16T11:00:00.000Z', by: 'Lea Lead', reason: 'Ours' }
    if (reported !== undefined)
      await parts.disk.book.cleared({ type: 'report.cleared', reportId: reported.reportId, ...lifted })
    out.length = 0
    for (let count = 0; count < 2; count += 1) await run(['requests'])
    expect(out.filter((line) => line.includes('as the server says by “Lea Lead”'))).toHaveLength(1)
  })

  it('revoke by grant, by request, the latest, and all', async () => {
    const first = await parts.disk.allow(parts.disk.request())
    const request = parts.disk.request()
    await parts.disk.allow(request)
    expect(await run(['revoke', first.grantId])).toBe(EXIT.ok)
    expect(await run(['revoke', request.requestId])).toBe(EXIT.ok)
    await parts.disk.allow(parts.disk.request())
    expect(await run(['revoke', 'latest'])).toBe(EXIT.ok)
    await parts.disk.allow(parts.disk.request())
    await parts.disk.allow(parts.disk.request())
    expect(await run(['revoke', 'all', '--json'])).toBe(EXIT.ok)
    expect(json().ended).toHaveLength(2)
    expect(active()).toEqual([])
    expect(await run(['revoke', first.grantId])).toBe(EXIT.refused)
  })

  it('revoke denies a request that still waits', async () => {
    const request = await received()
    expect(await run(['revoke', request.requestId])).toBe(EXIT.ok)
    expect(parts.disk.book.pending()).toEqual([])
  })

  it('approve says so when the request is over', async () => {
    const request = parts.disk.request()
    await parts.disk.allow(request)
    expect(await run(['approve', request.requestId, '--yes'])).toBe(EXIT.refused)
  })
})

describe('[C18] review', () => {
  beforeEach(() => {
    parts.rows = ['alpha', 'beta', 'gamma secret', 'delta', 'a secret too'].map((name, at) => ({
      number: at + 1,
      json: JSON.stringify({ name }),
    }))
  })

  it('lists runs that wait, and shows rows by number', async () => {
    expect(await run(['review'])).toBe(EXIT.ok)
    expect(out.at(-1)).toContain('5 rows')
    expect(await run(['review', 'latest'])).toBe(EXIT.ok)
    expect(out.at(-1)).toBe('     5  {"name":"a secret too"}')
    expect(parts.sent).toEqual([])
  })

  it('drops by number and by pattern, and sends the rest', async () => {
    expect(await run(['review', 'latest', '--drop', '1', '--drop-matching', 'SECRET', '--send'])).toBe(EXIT.ok)
    expect(parts.sent).toEqual([
      [
        { from: 1, to: 1 },
        { from: 3, to: 3 },
        { from: 5, to: 5 },
      ],
    ])
  })

  it('discards', async () => {
    expect(await run(['review', parts.runId, '--discard'])).toBe(EXIT.ok)
    expect([parts.discarded, parts.sent]).toEqual([[parts.runId], []])
  })

  it('never takes a drop for a wish to send', async () => {
    expect(await run(['review', 'latest', '--drop', '1'])).toBe(EXIT.usage)
    expect(await run(['review', 'latest', '--send', '--discard'])).toBe(EXIT.usage)
    expect(parts.sent).toEqual([])
  })

  it('asks at a terminal until there is a decision', async () => {
    expect(await run(['review', 'latest'], ['drop 1-2', 'nonsense', 'drop matching secret', 'send'])).toBe(EXIT.ok)
    expect(parts.sent).toEqual([
      [
        { from: 1, to: 3 },
        { from: 5, to: 5 },
      ],
    ])
    expect(await run(['review', 'latest'], [''])).toBe(EXIT.ok)
    expect(parts.sent).toHaveLength(1)
  })
})

describe('history', () => {
  it('shows, verifies and exports', async () => {
    await parts.disk.allow(parts.disk.request())
    expect(await run(['history'])).toBe(EXIT.ok)
    expect(out.join('\n')).toContain('request.answered (given)')
    expect(await run(['history', '--verify'])).toBe(EXIT.ok)
    const file = join(dataDir, 'export.json')
    expect(await run(['history', '--export', file, '--json'])).toBe(EXIT.ok)
    expect(json()).toMatchObject({ entries: 3, receipts: 1, verified: true })
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      format: 'askfirst.device-history.v1',
      entries: [{ seq: 1 }, { seq: 2 }, { seq: 3 }],
      receipts: [{}],
    })
  })

  it('[C18] shows how many rows the person sent, left out and deleted after looking', async () => {
    parts.disk.history.append('review.decided', {
      runId: 'run_a',
      decision: 'send',
      sent: 12,
      dropped: 4,
      osUser: 'ann',
    })
    parts.disk.history.append('review.decided', { runId: 'run_b', decision: 'discard', discarded: 7, osUser: 'ann' })
    expect(await run(['history'])).toBe(EXIT.ok)
    expect(out.join('\n')).toMatch(/decision send, sent 12, dropped 4/)
    expect(out.join('\n')).toMatch(/decision discard, discarded 7/)
  })

  it('says with the exit code that the record was changed', async () => {
    await parts.disk.allow(parts.disk.request())
    const file = join(parts.disk.dataDir, 'history.jsonl')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"ann"', '"bob"'))
    expect(await run(['history', '--verify'])).toBe(EXIT.failed)
    expect(out.at(-1)).toContain('Line 3 is wrong')
  })
})

describe('exit codes', () => {
  it('2 for what is not understood', async () => {
    expect(await run(['approve'])).toBe(EXIT.usage)
    expect(await run(['obey'])).toBe(EXIT.usage)
    expect(await run(['approve', 'x', '--minutes', '0', '--yes'])).toBe(EXIT.usage)
    expect(await run(['collect', 'no.such'])).toBe(EXIT.usage)
  })

  it('3 when no agent runs', async () => {
    await channel.close()
    expect(await run(['status', '--json'])).toBe(EXIT.notRunning)
    expect(json()).toMatchObject({ running: false, enrolled: false })
    expect(await run(['requests'])).toBe(EXIT.notRunning)
  })

  it('0 for help, version and status', async () => {
    expect(await run(['--help'])).toBe(EXIT.ok)
    expect(await run(['version', '--json'])).toBe(EXIT.ok)
    expect(json()).toMatchObject({ version: expect.stringMatching(/^\d+\.\d+\.\d+$/) })
    expect(await run(['status', '--json'])).toBe(EXIT.ok)
    expect(json()).toMatchObject({ running: true, link: 'connected' })
  })

  it.each([
    ['GRANT_REVOKED', 4],
    ['REQUEST_FORBIDDEN_BY_POLICY', 4],
    ['LOCAL_AUTH_FAILED', 3],
    ['PARAMS_INVALID', 2],
    ['INTERNAL', 1],
    ['ALREADY_ENROLLED', 1],
  ] as const)('%s is %i', (code, exit) => {
    expect(exitCodeOf(code)).toBe(exit)
  })
})

describe('ids may be shortened', () => {
  const ids = ['crq_aaaa1111', 'crq_aaab2222']
  it('to a beginning or an end that only one has', () => {
    expect([findId(ids, 'crq_aaaa', 'x'), findId(ids, '2222', 'x'), findId(ids, 'latest', 'x')]).toEqual([
      ids[0],
      ids[1],
      ids[1],
    ])
  })
  it.each([
    ['crq', 'INVALID_REQUEST'],
    ['crq_b', 'NOT_FOUND'],
    ['222', 'NOT_FOUND'],
  ])('%s is %s', (meant, code) => {
    expect(() => findId(ids, meant, 'x')).toThrowError(expect.objectContaining({ code }))
  })
  it('but not when there is none', () => {
    expect(() => findId([], 'latest', 'x')).toThrowError(expect.objectContaining({ code: 'NOT_FOUND' }))
  })
})

describe('patterns for rows', () => {
  it('are text without regard to case, or an expression', () => {
    expect(rowPattern('a.c')('xA.Cx')).toBe(true)
    expect(rowPattern('a.c')('abc')).toBe(false)
    expect(rowPattern('/^a.c$/i')('ABC')).toBe(true)
    expect(rowPattern('/\\d+-[a-z]*/')('12-ab')).toBe(true)
  })
  it.each([
    '/(a+)+$/',
    '/(a|a)*b/',
    '/a*a*a*b/',
    '/(?=a)a/',
    '/(a)\\1/',
    '/(?<x>a)\\k<x>/',
    '/(/',
    '',
    'x'.repeat(201),
  ])('%.30j is refused', (pattern) => {
    expect(() => rowPattern(pattern)).toThrowError(expect.objectContaining({ code: 'INVALID_REQUEST' }))
  })
})

describe('the configuration', () => {
  const around = (environment: Record<string, string>, isRoot = true, platform: NodeJS.Platform = 'linux') => ({
    environment,
    platform,
    isRoot,
    home: '/home/ann',
  })

  it('has defaults for a service and for a person', () => {
    expect(loadConfig({}, around({}))).toMatchObject({
      dataDir: '/var/lib/askfirst-agent',
      runDir: '/run/askfirst-agent',
      policyFile: '/etc/askfirst-agent/policy.json',
    })
    expect(loadConfig({}, around({}, false))).toMatchObject({
      dataDir: '/home/ann/.local/state/askfirst-agent',
      runDir: '/home/ann/.local/state/askfirst-agent/run',
    })
  })

  it('puts flags before the environment before the file', () => {
    const file = join(dataDir, 'agent.json')
    writeFileSync(file, JSON.stringify({ dataDir: '/from-file', logLevel: 'warn', collectorUser: '65534:65534' }))
    expect(loadConfig({ config: file }, around({}))).toMatchObject({
      dataDir: '/from-file',
      logLevel: 'warn',
      collectorUser: { uid: 65_534, gid: 65_534 },
    })
    expect(loadConfig({ config: file }, around({ ASKFIRST_DATA: '/from-env' }))).toMatchObject({
      dataDir: '/from-env',
      runDir: '/from-env/run',
      policyFile: '/etc/askfirst-agent/policy.json',
    })
    expect(
      loadConfig(
        { config: file, data: '/from-flag' },
        around({ ASKFIRST_DATA: '/from-env', HTTPS_PROXY: 'http://p:1' }),
      ),
    ).toMatchObject({ dataDir: '/from-flag', proxy: { httpsProxy: 'http://p:1' } })
  })

  it('refuses what it does not know', () => {
    const file = join(dataDir, 'agent.json')
    writeFileSync(file, JSON.stringify({ allowEverything: true }))
    expect(() => loadConfig({ config: file }, around({}))).toThrowError(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    )
    expect(() => loadConfig({ config: join(dataDir, 'none.json') }, around({}))).toThrowError(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    )
    expect(() => loadConfig({}, around({ ASKFIRST_LOG_LEVEL: 'loud' }))).toThrowError(
      expect.objectContaining({ code: 'INVALID_REQUEST' }),
    )
  })
})
