import { GrantHosts } from '@askfirst/agent/runs/grant-hosts.ts'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { scriptedId } from '../support/scripted-agent.ts'

const hostEntry = new URL('../support/test-collectors/host-main.ts', import.meta.url)
let hosts: GrantHosts

afterEach(() => hosts.stop('RUN_CANCELLED'))

function runIn(grantId: GrantId, collector: string) {
  const { host, release } = hosts.take(grantId)
  const run = host.run({
    runId: scriptedId('run'),
    collector,
    params: {},
    personalData: 'keep',
    ticketKey: new Uint8Array(32),
  })
  void run.end.then(release)
  return { host, run }
}

describe('collector hosts of grants', () => {
  it('[R10] gives the host that was started while a person read the request to the next grant, and to it alone', async () => {
    hosts = new GrantHosts({ hostEntry })
    hosts.prepare(['no.such'])
    const [first, second] = [scriptedId('gra'), scriptedId('gra')]
    hosts.warm(first, ['no.such'])
    const one = runIn(first, 'no.such')
    const other = runIn(second, 'no.such')
    expect(one.host).not.toBe(other.host)
    expect(await one.run.end).toMatchObject({ state: 'error', code: 'COLLECTOR_UNKNOWN' })
    expect(await other.run.end).toMatchObject({ state: 'error', code: 'COLLECTOR_UNKNOWN' })
    hosts.kill(first, 'RUN_CANCELLED')
    await one.host.exited
    expect(hosts.take(second).host).toBe(other.host)
  })

  it('[R10] ends a host that nobody took, and one whose order is still loading', async () => {
    hosts = new GrantHosts({ hostEntry })
    hosts.prepare([])
    const { host } = runIn(scriptedId('gra'), 'no.such')
    hosts.prepare([])
    await hosts.stop('RUN_AGENT_RESTARTED')
    await expect(host.exited).resolves.toBeUndefined()
  })
})
