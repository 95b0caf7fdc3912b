import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../../scripts/lib/processes.ts'
import { until, World } from '../support/kill/world.ts'
import type { Browser, PageReply } from '../support/page-world.ts'
import { browserOf, formBody, formHeaders, hiddenOf, sendTo } from '../support/page-world.ts'

const FIREHOSE = { id: 'test.firehose', params: { rows: 120 } }
const PACED = { id: 'test.pacedfirehose', params: { rows: 4_000, rowsPerSecond: 100 } }
/** The pages refuse an answer that comes within a second. */
const READING_MS = 1_100

let world: World
let deviceId = ''
let ui: ReturnType<typeof startUi>
/** The page that was opened last; it goes on to work whatever happens to the agent. */
let last: Open

beforeAll(async () => {
  world = await World.make()
  world.startAgent()
  const device = await until('the device is online', async () => {
    const found = await world.desk.device()
    return found?.online === true ? found : null
  })
  deviceId = device.id
  ui = startUi()
})
afterAll(async () => {
  await ui.stop()
  await world.remove()
})

/** The real companion, which prints a link for each page instead of opening a browser. */
function startUi() {
  const args = ['ui', '--no-open', '--json', '--language', 'en', '--data', world.agentDir]
  const child = spawn(process.execPath, [`${ROOT}agent/bin/askfirst-agent.mjs`, ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const links = new Map<string, string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { url, path } = JSON.parse(line) as { url: string; path: string } // What `--json` prints.
    links.set(path, url)
  })
  const stop = async () => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    expect((await ended)[0]).toBe(0)
  }
  return { links, stop }
}

interface Open {
  readonly browser: Browser
  readonly host: string
}

const get = ({ browser, host }: Open, path: string): Promise<PageReply> =>
  sendTo(host, 'GET', browser.prefix + path, { headers: { cookie: browser.cookie } })
const post = ({ browser, host }: Open, path: string, fields: Readonly<Record<string, string | readonly string[]>>) =>
  sendTo(host, 'POST', browser.prefix + path, { headers: formHeaders(host, browser), body: formBody(fields) })

/** Follows the link that the companion gave for a page. */
async function openPage(path: string): Promise<Open> {
  const link = await until(`there is a link for ${path}`, async () => ui.links.get(path) ?? null)
  const { host, pathname, search } = new URL(link)
  last = { host, browser: browserOf(await sendTo(host, 'GET', pathname + search, { headers: {} })) }
  return last
}

async function asked(collectors: readonly { id: string; params: object }[]) {
  const ticketId = await world.desk.openTicket(deviceId)
  const requestId = await until('its catalogue is there', () => world.desk.ask(ticketId, deviceId, collectors))
  return { ticketId, requestId, page: `/requests/${requestId}` }
}

const answered = (ticketId: string, requestId: string) =>
  until('the answer is recorded', async () => {
    const request = await world.desk.request(ticketId, requestId)
    return request !== null && !['asked', 'received', 'shown'].includes(request.state) ? request : null
  })

describe('the person at the machine, by the pages of the companion', () => {
  it('[C6] [C18] [C22] is asked at once, allows a part with a look first, leaves out rows and a column, sends the rest', async () => {
    const { ticketId, requestId, page } = await asked([FIREHOSE, PACED])
    const open = await openPage(page)
    const shown = await get(open, page)
    expect(shown.body).toContain('Tess Desk')
    await sleep(READING_MS)
    const fields = { ...hiddenOf(shown.body), tick: ['test.firehose'], review: 'yes' }
    expect((await post(open, `${page}/allow-ticked`, fields)).status).toBe(303)
    const { grant } = await answered(ticketId, requestId)
    expect(grant).toMatchObject({ collectors: [{ id: 'test.firehose' }], review: true })

    const [run] = await world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.firehose' }])
    const review = `/reviews/${run?.id}`
    const rows = await until('the rows wait', async () => {
      const reply = await get(open, review)
      return reply.status === 200 ? reply : null
    })
    const column = /<th scope="col">([a-z]+)<\/th><\/tr>/.exec(rows.body)?.[1] ?? ''
    expect(column).not.toBe('')
    await post(open, `${review}/mark`, {
      ...hiddenOf(rows.body, '/mark'),
      row: ['1', '2', '3'],
      column: [Buffer.from(column).toString('base64url')],
    })
    const marked = await get(open, review)
    await sleep(READING_MS)
    await post(open, `${review}/send`, hiddenOf(marked.body, `${review}/send`))
    const ended = await until('the run ended', async () => {
      const found = (await world.desk.runs(ticketId)).find(({ id }) => id === run?.id)
      return found?.endedAt ? found : null
    })
    expect(ended).toMatchObject({
      rows: 117,
      completeness: { droppedInReview: 3, columnsDroppedInReview: 1 },
    })
    const { items } = await world.desk.api.get<{ items: { row: Record<string, unknown> }[] }>(
      `/api/runs/${run?.id}/rows?limit=500`,
    )
    expect(items.every((item) => !JSON.stringify(item).includes(`"${column}":`))).toBe(true)
    const record = await get(open, '/record')
    expect(record.body).toContain('117 rows')
    expect(record.body).toContain('Signed receipt: checked, unchanged')
  })

  it('[C12] stops a session within a second, also when the server is gone', async () => {
    const { ticketId, requestId, page } = await asked([PACED])
    const open = await openPage(page)
    const shown = await get(open, page)
    await sleep(READING_MS)
    await post(open, `${page}/allow`, hiddenOf(shown.body))
    const { grant } = await answered(ticketId, requestId)
    await world.desk.order(ticketId, grant?.grantId ?? '', [{ collector: 'test.pacedfirehose' }])
    const session = await until('it is being read', async () => {
      const reply = await get(open, '/session')
      return reply.body.includes('rows read') ? reply : null
    })
    await world.killServer()
    const path = `/grants/${grant?.grantId}`
    const before = performance.now()
    expect((await post(open, `${path}/stop`, hiddenOf(session.body, path))).status).toBe(303)
    // The grant is over and its collector killed before the page answers.
    expect(performance.now() - before).toBeLessThan(1_000)
    const after = await get(open, '/session')
    expect(after.body).toContain('Stopped. What was running was ended')
    world.startServer()
    await world.serverReady()
    await until(
      'the revocation is in the log',
      async () => (await world.desk.log(ticketId)).find(({ kind }) => kind === 'consent.revoked') ?? null,
    )
  })

  it('[C20] [C21] reports a request; a lead lifts the block; the person is told and asked as before', async () => {
    const { ticketId, requestId, page } = await asked([FIREHOSE])
    const open = await openPage(page)
    const shown = await get(open, page)
    await sleep(READING_MS)
    await post(open, `${page}/report`, { ...hiddenOf(shown.body), reason: 'The code was another' })
    expect(await answered(ticketId, requestId)).toMatchObject({ state: 'refused' })
    const lead = await world.desk.colleague(`http://127.0.0.1:${world.uiPort}`, 'lead')
    const report = await until('leads are shown it', async () => {
      const { items } = await lead.api.get<{ items: { id: string; state: string; reason: string }[] }>('/api/reports')
      return items.find(({ state }) => state === 'open') ?? null
    })
    expect(report.reason).toBe('The code was another')
    await expect(world.desk.ask(ticketId, deviceId, [FIREHOSE])).rejects.toThrow('TECHNICIAN_REPORTED')
    const kinds = (await world.desk.log(ticketId)).map(({ kind }) => kind)
    expect(kinds).toContain('consent.reported')

    await lead.api.post(`/api/reports/${report.id}/clear`, { reason: 'We called; it was ours' })
    await until('the person is told', async () => ((await get(open, '/')).body.includes('Lena lead') ? true : null))
    const again = await until('it can be asked again', () => world.desk.ask(ticketId, deviceId, [FIREHOSE]))
    const next = await openPage(`/requests/${again}`)
    expect((await get(next, `/requests/${again}`)).body).toContain(
      'the block was lifted, as the server says by “Lena lead”',
    )
  })

  it('goes on when the agent is started again', async () => {
    expect(await world.stopAgent()).toBe(0)
    expect((await get(last, '/')).status).toBe(503)
    world.startAgent()
    const { page } = await asked([FIREHOSE])
    expect((await get(await openPage(page), page)).status).toBe(200)
  })
})
