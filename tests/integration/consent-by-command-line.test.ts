import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import type { RequestId, RunId } from '@askfirst/protocol/ids.ts'
import { storeOptions } from '@askfirst/server/places.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OrderedRun } from '../support/kill/desk.ts'
import { until, World } from '../support/kill/world.ts'
import { firehoseText } from '../support/test-collectors/firehose.ts'

const FIREHOSE = { id: 'test.firehose', params: { rows: 200 } }
const PACED = { id: 'test.pacedfirehose', params: { rows: 200, rowsPerSecond: 1_000 } }

let world: World
let deviceId = ''

beforeAll(async () => {
  world = await World.make()
  world.startAgent()
  const device = await until('the device is online', async () => {
    const found = await world.desk.device()
    return found?.online === true ? found : null
  })
  deviceId = device.id
})
afterAll(async () => {
  await world.remove()
})

/** Opens a ticket, asks, and waits until the request is on the device. */
async function asked(collectors: readonly { id: string; params: object }[]) {
  const ticketId = await world.desk.openTicket(deviceId)
  const requestId = await until('its catalogue is there', () => world.desk.ask(ticketId, deviceId, collectors))
  await onDevice(requestId)
  return { ticketId, requestId }
}

async function onDevice(requestId: RequestId) {
  return until('the request is on the device', async () => {
    const { out } = await world.agentSays('requests', '--json')
    const { pending } = JSON.parse(out) as { pending: readonly { requestId: string }[] }
    return pending.find((request) => request.requestId === requestId) ?? null
  })
}

const recorded = (ticketId: string, requestId: string) =>
  until('the answer is recorded', async () => {
    const request = await world.desk.request(ticketId, requestId)
    return request !== null && !['asked', 'received', 'shown'].includes(request.state) ? request : null
  })

const inState = (ticketId: string, run: OrderedRun | undefined, isIt: (run: OrderedRun) => boolean) =>
  until('the run is in its state', async () => {
    const now = (await world.desk.runs(ticketId)).find(({ id }) => id === run?.id)
    return now !== undefined && isIt(now) ? now : null
  })

/** Everything that the stopped server keeps, as text: its files, and its chunks unpacked. */
async function allServerText(runId: string): Promise<string> {
  const texts: string[] = []
  for (const entry of await readdir(world.serverDir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) texts.push(await readFile(join(entry.parentPath, entry.name), 'latin1'))
  }
  texts.push(await readFile(join(world.folder, 'server.log'), 'latin1'))
  const store = await openStore(storeOptions({ store: 'sqlite', dataDir: world.serverDir }))
  const chunks = await store.runs.chunks(runId as RunId, 0, 1_000)
  texts.push(...chunks.map(({ body }) => zstdDecompressSync(body).toString('latin1')))
  await store.close()
  return texts.join('\n')
}

describe('the person at the machine, by command line', () => {
  it('[C18] looks at rows first, drops some, and the server never sees those', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    const approved = await world.agentSays('approve', requestId, '--review', '--yes', '--json')
    expect(approved).toMatchObject({ code: 0 })
    const { grant } = await recorded(ticketId, requestId)
    const [run] = await world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }])
    expect(await inState(ticketId, run, ({ state }) => state === 'review')).toMatchObject({ rows: 0, rawBytes: 0 })

    const held = JSON.parse((await world.agentSays('review', '--json')).out) as { runs: readonly object[] }
    expect(held.runs).toMatchObject([{ runId: run?.id, rows: 200, collector: 'test.firehose' }])
    const shown = await world.agentSays('review', run?.id ?? '', '--json')
    expect(shown.out.trim().split('\n')).toHaveLength(200)
    expect(shown.out).toContain(firehoseText(199))

    const sent = await world.agentSays(
      ...[
        'review',
        run?.id ?? '',
        '--drop',
        '1-10',
        '--drop-matching',
        'row 77 ',
        '--drop-matching',
        '/row 9[89] /',
        '--send',
        '--json',
      ],
    )
    expect(JSON.parse(sent.out)).toMatchObject({ sent: 187, dropped: 13 })
    const ended = await inState(
      ticketId,
      run,
      ({ endedAt, rows, indexedRows }) => endedAt !== null && rows === indexedRows,
    )
    expect(ended).toMatchObject({ state: 'complete', rows: 187, completeness: { droppedInReview: 13 } })

    expect(await world.stopServer()).toBe(0)
    const text = await allServerText(run?.id ?? '')
    world.startServer()
    await world.serverReady()
    for (const row of [10, 76, 78, 97, 100, 199]) expect(text).toContain(firehoseText(row))
    for (const row of [0, 1, 9, 77, 98, 99]) expect(text).not.toContain(`${firehoseText(row)}"`)
    expect(await world.agentSays('review', '--json')).toMatchObject({
      code: 0,
      out: expect.stringContaining('"runs":[]'),
    })
  })

  it('[C18] discards all rows of a run, which ends so on the server', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    await world.agentSays('approve', requestId, '--review', '--yes')
    const { grant } = await recorded(ticketId, requestId)
    const [run] = await until('the device takes an order', () =>
      world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }]),
    )
    await inState(ticketId, run, ({ state }) => state === 'review')
    expect(JSON.parse((await world.agentSays('review', 'latest', '--discard', '--json')).out)).toMatchObject({
      discarded: 200,
    })
    const ended = await inState(ticketId, run, ({ endedAt }) => endedAt !== null)
    expect(ended).toMatchObject({
      state: 'cancelled',
      rows: 0,
      completeness: { code: 'RUN_DISCARDED', droppedInReview: 200 },
    })
  })

  it('[C12] takes a permission back while the server is down; it is recorded when the server is back', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    await world.agentSays('approve', requestId, '--yes')
    const { grant } = await recorded(ticketId, requestId)
    await world.killServer()
    const revoked = await world.agentSays('revoke', requestId, '--reason', 'changed my mind', '--json')
    expect(JSON.parse(revoked.out)).toEqual({ ended: [grant?.grantId] })
    world.startServer()
    await world.serverReady()
    await until(
      'the revocation is in the log',
      async () => (await world.desk.log(ticketId)).find(({ kind }) => kind === 'consent.revoked') ?? null,
    )
    await expect(world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }])).rejects.toThrow(
      'GRANT_REVOKED',
    )
    const status = JSON.parse((await world.agentSays('status', '--json')).out) as { unsentRecords: number }
    expect(status.unsentRecords).toBe(0)
  })

  it('[C6] allows a part, and nothing else can be ordered', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE, PACED])
    await world.agentSays('approve', requestId, '--only', 'test.firehose', '--minutes', '5', '--yes')
    const { grant } = await recorded(ticketId, requestId)
    expect(grant?.collectors).toMatchObject([{ id: 'test.firehose' }])
    const order = (collector: string, params?: object) =>
      world.desk.order(ticketId, grant?.grantId ?? '', [{ collector, ...(params === undefined ? {} : { params }) }])
    await expect(order('test.pacedfirehose')).rejects.toThrow('GRANT_COLLECTOR_NOT_ALLOWED')
    await expect(order('test.firehose', { rows: 201 })).rejects.toThrow('GRANT_PARAMS_EXCEEDED')
    const [run] = await order('test.firehose', { rows: 7 })
    expect(await inState(ticketId, run, ({ endedAt }) => endedAt !== null)).toMatchObject({
      state: 'complete',
      rows: 7,
    })
  })

  it('[C10, C11] says no with a reason, which stands signed in the log and allows nothing', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    expect(await world.agentSays('deny', requestId, '--reason', 'Not during my meeting')).toMatchObject({ code: 0 })
    expect(await recorded(ticketId, requestId)).toMatchObject({ state: 'refused', grant: null })
    const receipt = (await world.desk.log(ticketId)).find(({ kind }) => kind === 'consent.receipt')
    const payload = Buffer.from(String(receipt?.body.jws).split('.')[1] ?? '', 'base64url').toString('utf8')
    expect(JSON.parse(payload)).toMatchObject({ decision: { state: 'refused', reason: 'Not during my meeting' } })
    expect((await world.agentSays('approve', requestId, '--yes')).code).toBe(4)
  })

  it('[C13] is asked again, with who had it before, when someone else takes the ticket over', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    await world.desk.takeOver(ticketId)
    await world.agentSays('approve', requestId, '--yes')
    const { grant } = await recorded(ticketId, requestId)
    const lead = await world.desk.colleague(`http://127.0.0.1:${world.uiPort}`, 'lead')
    await lead.takeOver(ticketId)
    const earlier = await until('the earlier permission has ended', async () => {
      const request = await lead.request(ticketId, requestId)
      return request?.grantEndedAt === null ? null : request
    })
    expect(earlier).toMatchObject({ grantEndReason: 'withdrawn' })
    await expect(lead.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }])).rejects.toThrow(/GRANT_/)
    const again = await lead.ask(ticketId, deviceId, [FIREHOSE])
    await onDevice(again)
    const approved = await world.agentSays('approve', again, '--yes')
    expect(approved.out).toContain('Tess Desk')
    expect(approved.out).toContain('It is not handed on')
    const { out } = await world.agentSays('requests', '--json')
    const active = (JSON.parse(out) as { grants: readonly { ended?: object; grant: { grantId: string } }[] }).grants
    expect(active.find((held) => held.grant.grantId === grant?.grantId)?.ended).toMatchObject({ reason: 'withdrawn' })
  })

  it('[C2] is silent until the time is over, which is recorded as no answer and allows nothing', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    expect(await world.stopAgent()).toBe(0)
    world.startAgent(2 * 3_600_000)
    expect(await recorded(ticketId, requestId)).toMatchObject({ state: 'no-answer', grant: null })
    expect((await world.agentSays('approve', requestId, '--yes')).code).toBe(4)
    expect(await world.stopAgent()).toBe(0)
    world.startAgent()
  })

  it('[C8] loses every permission when the clock of the machine is set back', async () => {
    const { ticketId, requestId } = await asked([FIREHOSE])
    await world.agentSays('approve', requestId, '--yes')
    const { grant } = await recorded(ticketId, requestId)
    expect(await world.stopAgent()).toBe(0)
    world.startAgent(-600_000)
    const [run] = await until('the device takes an order', () =>
      world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }]),
    )
    expect(await inState(ticketId, run, ({ state }) => state !== 'ordered')).toMatchObject({
      state: 'refused',
      rows: 0,
    })
  })
})
