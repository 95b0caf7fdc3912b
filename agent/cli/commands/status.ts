import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { plainText } from '@askfirst/protocol/notice/plain-text.ts'
import { isEnrolled } from '../../identity/identity.ts'
import type { CommandResult } from '../../local/commands.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

/** Says whether the agent runs, to whom it is connected and what waits. */
export async function showStatus(context: CliContext): Promise<number> {
  try {
    const status = await context.withAgent((agent) => agent.call('status', {}))
    context.print({ running: true, enrolled: true, ...status }, () => statusLines(status))
    return EXIT.ok
  } catch (error) {
    if (!(error instanceof AskFirstError) || error.code !== 'LOCAL_AUTH_FAILED') throw error
    const enrolled = isEnrolled(context.config.dataDir)
    context.print({ running: false, enrolled, problem: error.message }, () => [
      `Not running, or not for this account: ${error.message}`,
      enrolled
        ? 'This computer is enrolled. Start the agent with: askfirst-agent run'
        : 'This computer is not enrolled. Ask your help desk for a code, then: askfirst-agent enrol CODE',
    ])
    return EXIT.notRunning
  }
}

const LINK_WORDS = {
  connected: 'connected',
  connecting: 'not connected, trying again',
  quarantined: 'connected, but an administrator of the server has not approved this computer yet',
  stopped: 'not connected',
} as const

function statusLines(status: CommandResult<'status'>): string[] {
  const problem = status.linkProblem === undefined ? '' : ` (${plainText(status.linkProblem, 500)})`
  return [
    `AskFirst agent ${status.agentVersion}, device ${status.deviceId}`,
    `Server ${status.server}: ${LINK_WORDS[status.link]}${problem}`,
    `Requests waiting for your answer: ${status.pendingRequests}`,
    `Permissions in force: ${status.activeGrants}`,
    `Runs open: ${status.openRuns}, of which wait for your look: ${status.waitingReviews}`,
    ...(status.policyProblem === undefined ? [] : [status.policyProblem]),
  ]
}
