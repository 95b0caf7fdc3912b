import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LocalCaller } from '@askfirst/agent/local/local-caller.ts'
import { connectLocal } from '@askfirst/agent/local/local-caller.ts'
import type { RequestId } from '@askfirst/protocol/ids.ts'
import type { ApiSession } from '../lib/api-session.ts'
import { agentCommand, ROOT } from '../lib/processes.ts'
import type { Lab } from './lab.ts'
import { monotonicMs, until } from './measure.ts'

/** A real agent in a process of its own, enrolled with a code of its own. */
export interface AgentProcess {
  readonly pid: number
  readonly dataDir: string
  /** From the start of the process to the welcome of the server. */
  readonly connectedMs: number
}

/** Enrols by the command line and starts `askfirst-agent run`. */
export async function startAgent(
  lab: Lab,
  options: { readonly api: ApiSession; readonly name: string; readonly program?: string },
): Promise<AgentProcess> {
  const dataDir = join(lab.folder, options.name)
  const order = { label: options.name, maxUses: 1, hours: 1, approves: true }
  const { code } = await options.api.post<{ readonly code: string }>('/api/enrolment-tokens', order)
  // Three agents on one machine would be one device to the server, which the later ones would take over.
  await agentCommand(['enrol', code, '--data', dataDir])
  return runAgent(lab, { dataDir, program: options.program ?? join(ROOT, 'agent/bin/askfirst-agent.mjs') })
}

/** Starts an agent that is enrolled. */
export async function runAgent(lab: Lab, options: { readonly dataDir: string; readonly program: string }): Promise<AgentProcess> {
  const { dataDir, program } = options
  const logFile = `${dataDir}.log`
  const log = openSync(logFile, 'w', 0o600)
  const startedAt = monotonicMs()
  const child = spawn(process.execPath, [program, 'run', '--data', dataDir], { stdio: ['ignore', log, log] })
  closeSync(log)
  lab.atEnd(() => stop(child))
  await until('the agent is connected', 20_000, () => (readFileSync(logFile, 'utf8').includes('"msg":"connected"') ? true : null))
  const connectedMs = monotonicMs() - startedAt
  if (child.pid === undefined) throw new Error('the agent was not started')
  return { pid: child.pid, dataDir, connectedMs }
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
