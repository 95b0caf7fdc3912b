/**
 * The real agent as a process of its own, with the test collectors: `agent-main.ts DATA_DIR [AHEAD_MS]`. Control messages on its
 * socket are told on file descriptor 3 (see tap.ts). Its wall clock is ahead of the machine's by AHEAD_MS. Ends on SIGTERM.
 */

import { join } from 'node:path'
import { startAgent } from '@askfirst/agent/agent.ts'
import { systemAgentClock } from '@askfirst/agent/consent/agent-clock.ts'
import { TEST_COLLECTORS } from '../test-collectors/index.ts'
import { tapSockets } from './tap.ts'

/** A thousandth of the usual waits: fifty restarts of the server would otherwise be waited for by the minute. */
const HASTE = 0.001

const [dataDir = '', aheadMs = '0'] = process.argv.slice(2)
tapSockets(3)
const agent = await startAgent(
  {
    dataDir,
    runDir: join(dataDir, 'run'),
    policyFile: join(dataDir, 'policy.json'),
    logLevel: 'info',
    proxy: {},
  },
  {
    collectors: TEST_COLLECTORS,
    clock: { ...systemAgentClock, wallMs: () => Date.now() + Number(aheadMs) },
    hostEntry: new URL('../test-collectors/host-main.ts', import.meta.url),
    random: () => Math.random() * HASTE,
  },
)
process.once('SIGTERM', () => void agent.stop().then(() => process.exit(0)))
