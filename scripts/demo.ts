/**
 * `npm run demo`: the main job on this machine, unattended but for the consent: server, agent, ticket, request, answer on
 * this terminal, three collectors run for real, findings, export, verification. `-- --yes` answers the prompt, `--json`
 * prints one JSON object as the last line, `--keep DIR` keeps the data and the export there.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { ApiSession } from './lib/api-session.ts'
import type { Device, Entry, Finding, Reply, Request, Run } from './lib/demo-types.ts'
import type { RunningProcess } from './lib/processes.ts'
import { agentCommand, ROOT, serverCommand, startAgentProcess, startServerProcess } from './lib/processes.ts'

/** What the demo asks for, as a technician would for "PC is slow". */
const COLLECTORS = [
  { id: 'device.info', params: {} },
  { id: 'process.list', params: { top: 50, sampleMs: 500 } },
  {
    id: 'eventlog.query',
    params: { windowMinutes: 7 * 1_440, levels: ['critical', 'error', 'warning', 'information'], maxRows: 500 },
  },
]
const OPEN_STATES: ReadonlySet<string> = new Set(['ordered', 'accepted', 'review'])
/** Longest wait for each step; a person at the prompt may take longer. */
const STEP_MS = 60_000
const PERSON_MS = 15 * 60_000

const { values: options } = parseArgs({
  options: {
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    keep: { type: 'string' },
  },
})
const folder = options.keep === undefined ? mkdtempSync(join(tmpdir(), 'askfirst-demo-')) : resolve(options.keep)
mkdirSync(folder, { recursive: true, mode: 0o700 })
const running: RunningProcess[] = []

try {
  const summary = await demo()
  if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
} catch (error) {
  process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  await Promise.all(running.toReversed().map((part) => part.stop()))
  if (options.keep === undefined && process.exitCode === undefined && !options.json) rmSync(folder, { recursive: true })
}

async function demo() {
  say('1. The control server starts on free ports of this machine, with a store of its own.')
  const server = await startServerProcess(
    ['--data-dir', join(folder, 'server'), '--port', '0', '--agent-port', '0'],
    join(folder, 'server.log'),
  )
  running.push(server)
  const { uiUrl, setupLink } = server.facts
  const api = await signIn(uiUrl, setupLink ?? '')

  say("2. This machine's agent enrols with a one-time code and connects.")
  const agentDir = join(folder, 'agent')
  const made = await api.post<{ code: string }>('/api/enrolment-tokens', {
    label: 'demo',
    maxUses: 1,
    hours: 1,
    approves: true,
  })
  await agentCommand(['enrol', made.code, '--data', agentDir])
  running.push(startAgentProcess(agentDir, join(folder, 'agent.log')))
  const device = await until('the agent is online', async () => {
    const { items } = await api.get<Reply<Device>>('/api/devices')
    return items.find((item) => item.online) ?? null
  })

  say('3. A technician opens a ticket and asks the person at this machine.')
  const ticket = await api.post<{ id: string; number: number }>('/api/tickets', {
    title: 'The computer is slow',
    description: 'Since yesterday programs take long to open.',
    requesterName: 'Demo Person',
    deviceIds: [device.id],
  })
  const requests = `/api/tickets/${ticket.id}/consent-requests`
  const asked = await api.post<Request>(requests, {
    deviceId: device.id,
    purpose: 'Find out why the computer is slow: what uses it, and what it logged.',
    collectors: COLLECTORS,
    durationMs: 15 * 60_000,
  })
  say(`   Match code on both sides: ${asked.matchCode}`)
  await answer(agentDir, asked.id)
  const given = await until('the answer stands in the findings log', async () => {
    const found = (await api.get<Reply<Request>>(requests)).items.find(({ id }) => id === asked.id)
    return found !== undefined && !['asked', 'received', 'shown'].includes(found.state) ? found : null
  })
  if (given.grant === null)
    throw new Error(`Nothing was allowed (${given.state}), so nothing was read. That is how it should be.`)

  say('4. What was allowed runs on this machine, and its rows stream into the ticket.')
  const allowed = given.grant.collectors.map(({ id }) => ({ collector: id }))
  await api.post(`/api/tickets/${ticket.id}/runs`, { grantId: given.grant.grantId, runs: allowed })
  const runs = await until('the collectors have ended and their rows can be searched', async () => {
    const { items } = await api.get<Reply<Run>>(`/api/tickets/${ticket.id}/runs`)
    return items.every((run) => !OPEN_STATES.has(run.state) && run.indexedRows >= run.rows) ? items : null
  })
  for (const run of runs)
    say(
      `   ${run.collector}: ${run.state}, ${run.rows} rows${run.completeness?.reason === undefined ? '' : ` (${run.completeness.reason})`}`,
    )

  say('5. Rules look at the rows.')
  await api.post(`/api/tickets/${ticket.id}/findings/evaluate`, {})
  const findings = (await api.get<Reply<Finding>>(`/api/tickets/${ticket.id}/findings`)).items
  if (findings.length === 0) say('   Nothing stands out.')
  for (const { content } of findings) say(`   ${content.severity}: ${content.statement}`)

  say('6. The ticket is exported as one file and verified without the server.')
  const file = join(folder, `askfirst-${ticket.id}.zip`)
  writeFileSync(file, await api.bytes(`/api/tickets/${ticket.id}/export`))
  const report = JSON.parse(await serverCommand(['verify', file, '--json'])) as {
    ok: boolean
    entries: number
    receipts: number
  }
  say(
    `   ${file}: ${report.ok ? 'verified' : 'NOT verified'}, ${report.entries} log entries, ${report.receipts} receipt(s).`,
  )
  const log = (await api.get<Reply<Entry>>(`/api/tickets/${ticket.id}/log?limit=500`)).items
  if (!report.ok) throw new Error('The export did not verify')
  return {
    ticket: ticket.id,
    device: device.id,
    receipts: report.receipts,
    runs: runs.map(summarise),
    findings: findings.map(({ content: { rule, severity, subject, statement } }) => ({
      rule,
      severity,
      subject,
      statement,
    })),
    log: { entries: log.length, verified: report.ok },
    export: file,
  }
}

function summarise(run: Run) {
  const since = (instant: string | null) => (instant === null ? null : Date.parse(instant) - Date.parse(run.orderedAt))
  return {
    collector: run.collector,
    state: run.state,
    rows: run.rows,
    bytes: run.rawBytes,
    firstRowMs: since(run.firstRowAt),
    durationMs: since(run.endedAt),
  }
}

/** Uses the printed set-up link as a person would, and takes an API token. */
async function signIn(uiUrl: string, setupLink: string): Promise<ApiSession> {
  const token = new URL(setupLink, uiUrl).searchParams.get('token')
  const account = {
    email: 'demo@askfirst.invalid',
    name: 'Tina Technician',
    password: randomBytes(24).toString('base64url'),
  }
  const open = new ApiSession(uiUrl)
  await open.post('/api/setup', { token, ...account })
  const { email, password } = account
  const reply = await fetch(`${uiUrl}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: uiUrl },
    body: JSON.stringify({ email, password }),
  })
  if (!reply.ok) throw new Error(`Signing in answered ${reply.status}: ${await reply.text()}`)
  const { csrfToken } = (await reply.json()) as { csrfToken: string }
  const cookie = reply.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const session = new ApiSession(uiUrl, { cookie, origin: uiUrl, 'x-csrf-token': csrfToken })
  const { secret } = await session.post<{ secret: string }>('/api/tokens', { name: 'demo', days: 1 })
  return new ApiSession(uiUrl, { authorization: `Bearer ${secret}` })
}

/** The person answers: on this terminal, or with `--yes` without being asked. */
async function answer(agentDir: string, requestId: string): Promise<void> {
  await until('the request has arrived on the device', async () => {
    const list = await agentCommand(['requests', '--data', agentDir, '--json'])
    return list.includes(requestId) ? true : null
  })
  const yes = options.yes ? ['--yes'] : []
  const stdio = ['inherit', options.json ? 2 : 'inherit', 'inherit'] as const
  const child = spawn(
    process.execPath,
    [`${ROOT}agent/bin/askfirst-agent.mjs`, 'approve', requestId, ...yes, '--data', agentDir],
    {
      stdio: [...stdio],
    },
  )
  const timer = setTimeout(() => child.kill(), PERSON_MS)
  await once(child, 'exit')
  clearTimeout(timer)
  // Whoever said nothing clear has said no; the request must not wait for its end.
  if (child.exitCode !== 0)
    await agentCommand(['deny', requestId, '--data', agentDir]).catch(() => 'it was answered already')
}

async function until<Value>(what: string, ask: () => Promise<Value | null>): Promise<Value> {
  const end = Date.now() + STEP_MS
  while (Date.now() < end) {
    const value = await ask()
    if (value !== null) return value
    await sleep(50)
  }
  throw new Error(`Waited ${STEP_MS / 1_000} s in vain until ${what}. The logs are in ${folder}.`)
}

/** Says what happens; with --json the story goes to standard error, so that the object stands alone on standard output. */
function say(line: string): void {
  ;(options.json ? process.stderr : process.stdout).write(`${line}\n`)
}
