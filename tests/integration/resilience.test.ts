import { readdir, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { storeOptions } from '@askfirst/server/places.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import { afterEach, describe, expect, it } from 'vitest'
import { serverCommand } from '../../scripts/lib/processes.ts'
import { freePort } from '../support/free-port.ts'
import { BadNetwork } from '../support/kill/bad-network.ts'
import { checkExport, checkStore } from '../support/kill/check.ts'
import type { OrderedRun } from '../support/kill/desk.ts'
import { Ledger } from '../support/kill/ledger.ts'
import type { WorldOptions } from '../support/kill/world.ts'
import { until, World } from '../support/kill/world.ts'

const COLLECTOR = 'test.pacedfirehose'
const GRANTED = [{ id: COLLECTOR, params: { rows: 1_000_000, rowsPerSecond: 1_000_000 } }]

let scene: Scene | null = null
afterEach(async () => {
  await scene?.world.remove()
  scene?.network?.close()
  scene = null
})

interface Scene {
  readonly world: World
  readonly network: BadNetwork | null
  readonly ledger: Ledger
  readonly deviceId: string
  readonly ticketId: string
  readonly grantId: string
}

/** Server and agent with a permission, behind a bad network when wanted. */
async function setScene(wanted: { readonly network?: boolean } = {}): Promise<Scene> {
  const agentPort = await freePort()
  const network = wanted.network === true ? await BadNetwork.before(agentPort) : null
  const options: WorldOptions = { agentPort, ...(network === null ? {} : { dialPort: network.port }) }
  const world = await World.make(options)
  const ledger = new Ledger()
  world.listen((event) => ledger.note(event))
  scene = { world, network, ledger, deviceId: '', ticketId: '', grantId: '' }
  world.startAgent()
  const deviceId = await until('the device is online', async () => {
    const device = await world.desk.device()
    return device?.online === true ? device.id : null
  })
  const ticketId = await world.desk.openTicket(deviceId)
  const requestId = await until('its catalogue is there', () => world.desk.ask(ticketId, deviceId, GRANTED))
  const grantId = await world.approve(requestId)
  await until('the receipt is recorded', async () => (await world.desk.request(ticketId, requestId))?.grant ?? null)
  scene = { ...scene, deviceId, ticketId, grantId }
  return scene
}

const order = ({ world, ticketId, grantId }: Scene, rows: number, rowsPerSecond: number) =>
  until('the device takes an order', () =>
    world.desk.order(ticketId, grantId, [{ collector: COLLECTOR, params: { rows, rowsPerSecond } }]),
  )

const allEnded = ({ world, ticketId }: Scene) =>
  until('all runs have ended and are indexed', async () => {
    const runs = await world.desk.runs(ticketId)
    return runs.every((run) => run.endedAt !== null && run.indexedRows === run.rows) ? runs : null
  })

const streaming = ({ world, ticketId }: Scene, runs: readonly OrderedRun[], rows = 1) =>
  until('rows are stored', async () => {
    const run = (await world.desk.runs(ticketId)).find(({ id }) => id === runs[0]?.id)
    return run !== undefined && run.rows >= rows ? run : null
  })

/** Stops both and holds what is stored to what was acknowledged. */
async function problemsOf({ world, ledger, ticketId }: Scene): Promise<readonly string[]> {
  const outcome = { world, ledger, ticketId, ordered: new Set<string>(), rows: 0 }
  const problems = [...(await checkExport(outcome))]
  await world.stopAgent()
  await world.stopServer()
  const store = await openStore(storeOptions({ store: 'sqlite', dataDir: world.serverDir }))
  problems.push(...(await checkStore(store, outcome)).problems)
  await store.close()
  return problems
}

describe('the network', () => {
  it('[R6, W13] may be cut within chunks and frames again and again: each row arrives once', async () => {
    const here = await setScene({ network: true })
    const { network } = here
    if (network === null) throw new Error('there is a network')
    await order(here, 30_000, 10_000)
    // The TLS greeting and the hello need some 4 KB; each connection gets a little further than the one before.
    for (const cutAfterBytes of [0, 300, 2_000, 5_003, 6_007, 9_001, 15_013, 30_011, 60_013]) {
      const before = network.connections
      network.weather = { cutAfterBytes }
      network.cut()
      await until('the agent tried again', async () => (network.connections > before + 1 ? true : null))
    }
    network.weather = {}
    network.cut()
    const runs = await allEnded(here)
    expect(runs).toMatchObject([{ state: 'complete', rows: 30_000 }])
    expect(await problemsOf(here)).toEqual([])
  })

  it('[R5, R6] may be slow and give bytes in crumbs: rows still arrive whole and in order', async () => {
    const here = await setScene({ network: true })
    if (here.network === null) throw new Error('there is a network')
    here.network.weather = { delayMs: 1, pieceBytes: 211 }
    await order(here, 5_000, 5_000)
    expect(await allEnded(here)).toMatchObject([{ state: 'complete', rows: 5_000 }])
    expect(await problemsOf(here)).toEqual([])
  })
})

describe('the server', () => {
  it('[R6] stops on SIGTERM under load within its bound and with code 0; agents come back and nothing is lost', async () => {
    const here = await setScene()
    const ordered = await order(here, 40_000, 15_000)
    await streaming(here, ordered)
    const startedAt = performance.now()
    expect(await here.world.stopServer()).toBe(0)
    expect(performance.now() - startedAt).toBeLessThan(25_000)
    here.world.startServer()
    await here.world.serverReady()
    expect(await allEnded(here)).toMatchObject([{ state: 'complete', rows: 40_000 }])
    expect(await problemsOf(here)).toEqual([])
  })

  it('[C14] comes back from a backup without honouring what was allowed before, and devices hear of it', async () => {
    const here = await setScene()
    const { world, ticketId, grantId } = here
    const open = await world.desk.ask(ticketId, here.deviceId, GRANTED)
    await order(here, 500_000, 5_000)
    const passphrase = join(world.folder, 'passphrase')
    await writeFile(passphrase, 'correct horse battery staple\n', { mode: 0o600 })
    const file = join(world.folder, 'askfirst.backup')
    await serverCommand([
      'backup',
      '--data-dir',
      world.serverDir,
      '--out',
      file,
      '--passphrase-file',
      passphrase,
      '--json',
    ])
    // The person answers after the backup: the restored server knows this request as open.
    const later = await world.approve(open)
    await until('the receipt is recorded', async () => (await world.desk.request(ticketId, open))?.grant ?? null)
    expect(await world.stopServer()).toBe(0)
    await world.moveServerData()
    await serverCommand(['restore', file, '--data-dir', world.serverDir, '--passphrase-file', passphrase, '--json'])
    world.startServer()
    await world.serverReady()

    const grants = await until('the device has heard of it', async () => {
      const { out } = await world.agentSays('requests', '--json')
      const found = (
        JSON.parse(out) as { grants: readonly { grant: { grantId: string }; ended?: { reason: string } }[] }
      ).grants
      return found.every(({ ended }) => ended !== undefined) ? found : null
    })
    expect(grants.map(({ grant }) => grant.grantId).sort()).toEqual([grantId, later].sort())
    expect(grants.map(({ ended }) => ended?.reason)).toEqual(['withdrawn', 'withdrawn'])
    await expect(world.desk.order(ticketId, grantId, [{ collector: COLLECTOR }])).rejects.toThrow('GRANT_WITHDRAWN')
    await expect(world.desk.order(ticketId, later, [{ collector: COLLECTOR }])).rejects.toThrow('GRANT_')
    expect(await allEnded(here)).toMatchObject([{ state: 'error', completeness: { code: 'RUN_LOST' } }])
    await until('the device holds nothing any more', async () =>
      (await readdir(join(world.agentDir, 'spool'))).length === 0 ? true : null,
    )
    expect(await checkExport({ ...here, ordered: new Set(), rows: 0 })).toEqual([])
  })
})

describe("the device's disk", () => {
  it('[R7, R8] may lose the end of a file: the run ends as restarted with the rows that are left', async () => {
    const here = await setScene()
    const { world } = here
    const ordered = await order(here, 50_000, 10_000)
    await streaming(here, ordered)
    await world.killServer()
    const folder = join(world.agentDir, 'spool', ordered[0]?.id ?? '')
    const segment = await until('rows wait on the disk', async () => {
      const name = (await readdir(folder)).filter((file) => file.endsWith('.rows')).at(-1)
      return name !== undefined && (await stat(join(folder, name))).size > 20_000 ? join(folder, name) : null
    })
    await world.killAgent()
    await truncate(segment, (await stat(segment)).size - 1_001)
    world.startServer()
    world.startAgent()
    await world.serverReady()
    const [run] = await allEnded(here)
    expect(run).toMatchObject({ state: 'error', completeness: { code: 'RUN_AGENT_RESTARTED' } })
    expect(await problemsOf(here)).toEqual([])
  })

  it('[R7, R8] may lose all that waits: the run ends with what the server has, and nobody is called a liar', async () => {
    const here = await setScene()
    const { world } = here
    const ordered = await order(here, 50_000, 10_000)
    await streaming(here, ordered, 2_000)
    await Promise.all([world.killAgent(), world.killServer()])
    const folder = join(world.agentDir, 'spool', ordered[0]?.id ?? '')
    for (const name of await readdir(folder)) if (name !== 'meta.json') await truncate(join(folder, name), 3)
    world.startServer()
    world.startAgent()
    await world.serverReady()
    const [run] = await allEnded(here)
    expect(run).toMatchObject({ state: 'error', completeness: { code: 'RUN_AGENT_RESTARTED' } })
    expect(run?.rows).toBeGreaterThanOrEqual(2_000)
    expect(await problemsOf(here)).toEqual([])
  })
})
