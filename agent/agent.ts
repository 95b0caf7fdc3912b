import { join } from 'node:path'
import { AgentCore } from './agent-core.ts'
import { COLLECTORS } from './collectors/index.ts'
import type { AgentConfig } from './config.ts'
import type { AgentClock } from './consent/agent-clock.ts'
import { systemAgentClock } from './consent/agent-clock.ts'
import { openReceiptFiles } from './consent/receipt-files.ts'
import { secureDataDirectory } from './data-directory.ts'
import type { LocalHistory } from './history/local-history.ts'
import { openLocalHistory } from './history/local-history.ts'
import { bindData } from './identity/bound-data.ts'
import type { Identity } from './identity/identity.ts'
import { loadIdentity, publicKeyPemOf } from './identity/identity.ts'
import { Changes } from './local/changes.ts'
import type { LocalChannel } from './local/local-channel.ts'
import { openLocalChannel } from './local/local-channel.ts'
import { createLocalHandlers } from './local/local-handlers.ts'
import type { LinkStatus } from './local/local-operations.ts'
import type { AgentLog } from './log.ts'
import { createLog } from './log.ts'
import { readLocalPolicy } from './policy/local-policy.ts'
import type { Collector } from './runtime/define-collector.ts'
import { Spool } from './spool/spool.ts'
import { AGENT_VERSION } from './version.ts'

/** What can be put in the place of the agent's own parts. */
export interface AgentOptions {
  /** Entry file of the collector host, which serves `collectors`; absent: the agent's own. */
  readonly hostEntry?: URL
  /** Absent: all collectors compiled into this agent. */
  readonly collectors?: readonly Collector[]
  /** Absent: the system's clocks. */
  readonly clock?: AgentClock
  /** Absent: JSON lines on standard error. */
  readonly log?: AgentLog
  /** 0 (inclusive) to 1 (exclusive): jitter of back-off, heartbeat and renewal. Absent: the system's. */
  readonly random?: () => number
}

/** An agent that runs. */
export interface RunningAgent {
  status(): LinkStatus
  /** Address of the local channel. */
  readonly localAddress: string
  /** Ends collectors, closes the connection and all files. What waits is sent after the next start. */
  stop(): Promise<void>
}

/**
 * Starts the agent of this computer: what is on the disk, the consent book, the connection, the local channel.
 *
 * @throws AskFirstError NOT_ENROLLED; DATA_DIRECTORY_UNSAFE; CONFLICT when an agent runs with this data directory already
 */
export async function startAgent(config: AgentConfig, options: AgentOptions = {}): Promise<RunningAgent> {
  const log = options.log ?? createLog(config.logLevel)
  const clock = options.clock ?? systemAgentClock
  const wasOpen = secureDataDirectory(config.dataDir, [config.policyFile, config.runDir])
  if (wasOpen.length > 0)
    log.warn({ paths: wasOpen }, 'other accounts could read what only the agent should; closed it')
  const identity = loadIdentity(config.dataDir)
  if (bindData(config.dataDir, identity))
    log.warn({}, 'enrolled with another server; what belonged to the earlier one was deleted')
  const changes = new Changes()
  const history = openLocalHistory(config.dataDir, clock, () => changes.note())
  const spool = await Spool.at(join(config.dataDir, 'spool'))
  const core = new AgentCore({
    ...{ config, identity, clock, log, history, spool, changes },
    random: options.random ?? Math.random,
    collectors: options.collectors ?? COLLECTORS,
    ...(options.hostEntry === undefined ? {} : { hostEntry: options.hostEntry }),
  })
  const close = async () => {
    await core.stop()
    await spool.close()
    history.close()
  }
  try {
    const channel = await openChannel({ config, core, history, changes, identity, clock, log })
    await core.start()
    log.info({ deviceId: identity.deviceId, version: AGENT_VERSION }, 'the agent runs')
    return {
      status: () => core.status(),
      localAddress: channel.address,
      async stop() {
        await channel.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw error
  }
}

function openChannel(parts: {
  readonly config: AgentConfig
  readonly core: AgentCore
  readonly history: LocalHistory
  readonly changes: Changes
  readonly clock: AgentClock
  readonly log: AgentLog
  readonly identity: Identity
}): Promise<LocalChannel> {
  const { config, core, history, changes, clock, log, identity } = parts
  return openLocalChannel({
    runDir: config.runDir,
    clock,
    handlers: createLocalHandlers({
      agentVersion: AGENT_VERSION,
      deviceId: identity.deviceId,
      publicKeyPem: publicKeyPemOf(identity),
      changes,
      progress: () => core.progress(),
      book: core.book,
      tickets: core.tickets,
      history,
      receipts: openReceiptFiles(config.dataDir),
      witness: core.witness,
      review: core.reviews,
      linkStatus: () => core.status(),
      readPolicy: () => readLocalPolicy(config.policyFile),
    }),
    onProblem: (problem, error) => log.warn(error === undefined ? {} : { err: error }, problem),
  })
}
