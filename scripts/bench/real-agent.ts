import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalCaller } from '@askfirst/agent/local/local-caller.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import { BUNDLE_FLAGS, bundleAgent } from '../bundle-agent.ts'
import type { ApiSession } from '../lib/api-session.ts'
import { agentCommand, ROOT } from '../lib/processes.ts'
import type { Lab } from './lab.ts'
import { monotonicMs, until } from './measure.ts'

/** How to start the agent: what follows Node on the command line, before the command. */
export type AgentProgram = readonly string[]

/** The agent as it stands in the repository: `.ts`, its types stripped at each start. */
export const UNBUILT_AGENT: AgentProgram = ['--no-warnings', join(ROOT, 'agent/bin/askfirst-agent.mjs')]

/** Makes the agent as packages are to ship it. */
export async function bundledAgent(lab: Lab): Promise<AgentProgram> {
  return [...BUNDLE_FLAGS, await bundleAgent(join(lab.folder, 'bundle'))]
}

/** An agent, or something that stands beside it, in a process of its own. */
export interface AgentProcess {
  readonly pid: number
  /** From the start of the process to the welcome of the server. */
  readonly connectedMs: number
  readonly stop: () => Promise<void>
}

let started = 0

/** Enrols by the command line; returns the data directory. */
export async function enrolAgent(lab: Lab, api: ApiSession): Promise<string> {
  const dataDir = join(lab.folder, 'agent')
  const order = { label: 'bench', maxUses: 1, hours: 1, approves: true }
  const { code } = await api.post<{ readonly code: string }>('/api/enrolment-tokens', order)
  await agentCommand(['enrol', code, '--data', dataDir])
  return dataDir
}

/** Starts `askfirst-agent run` and waits until it is connected. */
export function runAgent(lab: Lab, dataDir: string, program: AgentProgram): Promise<AgentProcess> {
  return runConnected(lab, [...program, 'run', '--data', dataDir])
}

/** Starts a Node process that says on its output when it is connected. */
export async function runConnected(lab: Lab, args: readonly string[]): Promise<AgentProcess> {
  started += 1
  const logFile = join(lab.folder, `agent-${started}.log`)
  const log = openSync(logFile, 'w', 0o600)
  const startedAt = monotonicMs()
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', log, log] })
  closeSync(log)
  lab.atEnd(() => stop(child))
  await until('the agent is connected', 20_000, () =>
    readFileSync(logFile, 'utf8').includes('"msg":"connected"') ? true : null,
  )
  const connectedMs = monotonicMs() - startedAt
  if (child.pid === undefined) throw new Error('the agent was not started')
  return { pid: child.pid, connectedMs, stop: () => stop(child) }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(timer)
}

/** The person at the machine: shows a request and says yes to it over the local channel. */
export async function approve(dataDir: string, requestId: RequestId): Promise<string> {
  const local = await connectedLocal(dataDir)
  try {
    await until('the request has arrived', 10_000, async () => {
      const { pending } = await local.call('requests.list', {})
      return pending.some((request) => request.requestId === requestId) ? true : null
    })
    const { textSha256 } = await local.call('requests.show', { requestId })
    return (await local.call('requests.approve', { requestId, textSha256 })).grant.grantId
  } finally {
    local.close()
  }
}

function connectedLocal(dataDir: string): Promise<LocalCaller> {
  return connectLocal(join(dataDir, 'run'))
}
