import { spawn } from 'node:child_process'
import { verify, X509Certificate } from 'node:crypto'
import { loadIdentity } from '@askfirst/agent/identity/identity.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { BUNDLED_AGENT } from '../support/bundled-programs.ts'
import { CANARY } from '../support/evil/canary.ts'
import { EvilDesk, newId, sha256Of } from '../support/evil/evil-desk.ts'
import { EvilServer } from '../support/evil/evil-server.ts'
import { until } from '../support/real-agent.ts'

const cleanUp: (() => Promise<unknown> | unknown)[] = []
afterEach(async () => {
  for (const undo of cleanUp.splice(0).reverse()) await undo()
})

async function open(): Promise<EvilDesk> {
  const desk = await EvilDesk.open()
  cleanUp.push(() => desk.close())
  return desk
}

/** The same evil server again, on the same port. */
async function back(desk: EvilDesk): Promise<EvilServer> {
  const server = await EvilServer.listen({ authority: desk.server.authority }, desk.server.port)
  server.deviceId = desk.server.deviceId
  cleanUp.push(() => server.close())
  return server
}

/** Whether a process runs; one that has ended and waits to be collected does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a person who takes a permission back while the server is away', () => {
  it('[C12] ends the collector with all it started, deletes its rows, and the signed word arrives later', async () => {
    const desk = await open()
    const collectors = [
      { id: 'test.stubbornchild', params: {} },
      { id: 'test.endless', params: {} },
    ]
    const { grant } = await desk.given({ collectors })
    const child = desk.allow(
      desk.order({ grant, request: desk.request() }, { collector: 'test.stubbornchild', params: {} }),
      2,
    )
    const pids = await until(() => {
      const rows = desk.server.chunks
        .filter(({ runId }) => runId === child)
        .flatMap(({ text }) => text.trim().split('\n'))
      return rows.length === 2 ? rows.map((row) => Number(JSON.parse(row).n)) : null
    })
    expect(pids.map(isAlive)).toEqual([true, true])
    desk.server.welcome = () => ({ creditBytes: 0 })
    await desk.reconnect()
    const endless = desk.order({ grant, request: desk.request() }, { collector: 'test.endless', params: {} })
    await until(() => desk.filesWith(CANARY).some((name) => name.includes(endless)))
    const port = desk.server.port
    await desk.server.close()
    const local = await desk.agent.local()
    await local.call('grants.revoke', { grantId: grant.grantId, reason: 'enough' })
    await until(() => !pids.some(isAlive))
    await until(() => desk.filesWith(CANARY).length === 0)
    expect((await local.call('requests.list', {})).grants.filter(({ ended }) => ended === undefined)).toEqual([])
    Object.defineProperty(desk.server, 'port', { value: port })
    const server = await back(desk)
    server.hasManners = false
    const revocation = await until(() => server.received.find(({ type }) => type === 'consent.revocation'))
    expect(revocation.grantId).toBe(grant.grantId)
    const [header = '', payload = '', signature = ''] = String(revocation.jws).split('.')
    const key = new X509Certificate(loadIdentity(desk.agent.config.dataDir).certificatePem).publicKey
    const signed = Buffer.from(`${header}.${payload}`)
    expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true)
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({
      grantId: grant.grantId,
      reason: 'enough',
    })
    const end = await until(() => server.received.find(({ type, runId }) => type === 'run.end' && runId === endless))
    expect(end.completeness).toMatchObject({ state: 'cancelled', code: 'RUN_REVOKED', rows: 0, chunks: 0 })
    expect(server.chunks).toEqual([])
  })

  it('[C12] is heard again at each session until the server has recorded it', async () => {
    const desk = await open()
    desk.server.hasManners = false
    const { grant } = await desk.given()
    await (await desk.agent.local()).call('grants.revoke', { grantId: grant.grantId })
    const told = () => desk.server.received.filter(({ type }) => type === 'consent.revocation')
    await until(() => told().length === 1)
    await desk.reconnect()
    await until(() => told().length === 2)
    await desk.restart()
    await until(() => told().length === 3)
    expect(new Set(told().map(sha256Of)).size).toBe(1)
    for (const message of told())
      desk.say({ type: 'consent.recorded', jwsSha256: sha256Of(message), outcome: 'recorded' })
    await desk.fence()
    await desk.reconnect()
    await desk.fence()
    expect(told().length).toBe(3)
    expect(await desk.outcome(desk.order({ grant, request: desk.request() }))).toBe('GRANT_REVOKED')
    await desk.honest()
    expect(desk.leaks()).toEqual([])
  })

  it('[C12] is over for a server that reads nothing, too', async () => {
    const desk = await open()
    const { grant } = await desk.given({ collectors: [{ id: 'test.firehose', params: { rows: 1_000_000 } }] })
    desk.server.now.socket.pause()
    desk.order({ grant, request: desk.request() }, { collector: 'test.firehose', params: { rows: 1_000_000 } })
    await until(() => desk.spooled().length > 0)
    await (await desk.agent.local()).call('grants.revoke', { grantId: grant.grantId })
    await until(() => desk.filesWith('of the firehose').length === 0)
    desk.server.now.socket.resume()
    const end = await desk.heard('run.end')
    const { rows } = end.completeness as { readonly rows: number } // As the protocol has it.
    const heard = desk.server.chunks.reduce((sum, chunk) => sum + chunk.rows, 0)
    expect(heard).toBe(rows)
    expect(heard).toBeLessThan(1_000_000)
    for (const { runId } of desk.server.chunks) desk.allow(runId as ReturnType<typeof newId<'run'>>, heard)
    await desk.honest()
    expect(desk.leaks()).toEqual([])
  })
})

describe('the real program and an evil server', () => {
  const program = BUNDLED_AGENT

  it('[C1] [C7] [C12] gives device facts only as allowed, and none once the permission is taken back', async () => {
    const desk = await open()
    await desk.agent.stop()
    const { dataDir, runDir, policyFile } = desk.agent.config
    const env = {
      PATH: '/usr/bin:/bin',
      ASKFIRST_DATA: dataDir,
      ASKFIRST_RUN_DIR: runDir,
      ASKFIRST_POLICY_FILE: policyFile,
    }
    const run = async (...args: string[]) => {
      const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (part: Buffer) => (output += part.toString()))
      const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
      return { code, output }
    }
    const before = desk.server.connections.length
    const service = spawn(process.execPath, [program, 'run'], { env, stdio: 'ignore' })
    const gone = new Promise<void>((resolve) => service.on('exit', () => resolve()))
    cleanUp.push(async () => {
      service.kill('SIGKILL')
      await gone
    })
    await desk.connectionAfter(before)
    const device = [{ id: 'device.info', params: {} }]
    const request = desk.request({ collectors: device, purpose: '\u001b[31mred\u202e and turned' })
    desk.say(request)
    await desk.heard('consent.seen', ({ requestId }) => requestId === request.requestId)
    const early = desk.orderOf(
      { grantId: newId('gra'), ticketId: desk.ticket.id, technicianId: desk.technician.id },
      { collector: 'device.info', params: {} },
    )
    expect(await desk.outcomeOfOrder(early)).toBe('GRANT_UNKNOWN')
    const approved = await run('approve', request.requestId, '--yes')
    expect(approved.code).toBe(0)
    expect(approved.output.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    const receipt = await desk.heard('consent.receipt')
    const record = JSON.parse(Buffer.from(String(receipt.jws).split('.')[1] ?? '', 'base64url').toString())
    const { grant } = record.decision
    const allowed = desk.orderOf(grant, { collector: 'device.info', params: {} })
    expect(await desk.outcomeOfOrder(allowed)).not.toMatch(/^GRANT/)
    expect(desk.server.chunks.map(({ runId }) => runId)).toContain(allowed.runId)
    const beside = desk.orderOf(grant, { collector: 'process.list', params: {} })
    expect(await desk.outcomeOfOrder(beside)).toBe('GRANT_COLLECTOR_NOT_ALLOWED')
    expect((await run('revoke', grant.grantId)).code).toBe(0)
    const late = desk.orderOf(grant, { collector: 'device.info', params: {} })
    expect(await desk.outcomeOfOrder(late)).toBe('GRANT_REVOKED')
    expect(new Set(desk.server.chunks.map(({ runId }) => runId))).toEqual(new Set([allowed.runId]))
    service.kill('SIGTERM')
    await gone
  })
})
