import { setTimeout as sleep } from 'node:timers/promises'
import type { GrantId } from '@askfirst/protocol/ids.ts'
import { Ledger } from './ledger.ts'
import type { Moment, Round, Who } from './plan.ts'
import { planRounds } from './plan.ts'
import type { TapEvent } from './tap.ts'
import { until, World } from './world.ts'

export interface CampaignOptions {
  readonly rounds: number
  readonly seed: number
  /** Rows that are stored at the end, at least. */
  readonly rows: number
  /** Who may be killed; absent: server, agent, both. */
  readonly whom?: readonly Who[]
  /** Value of the server's `--store`; absent: SQLite. */
  readonly store?: string
  /** Told of each round in one line. */
  readonly say?: (line: string) => void
}

/** A campaign that is over: all runs have ended, both processes still run. */
export interface Outcome {
  readonly world: World
  readonly ledger: Ledger
  readonly ticketId: string
  /** Runs that the API accepted, or may have: an order whose answer was lost stands in the store all the same. */
  readonly ordered: ReadonlySet<string>
  /** Rows of ended runs. */
  readonly rows: number
}

/** A kill that waits longer for its moment happens all the same: the moment may not come. */
const MOMENT_MS = 1_500
const COLLECTOR = 'test.pacedfirehose'
const GRANTED = [{ id: COLLECTOR, params: { rows: 1_000_000, rowsPerSecond: 1_000_000 } }]
const ROWS_PER_SECOND = 16_000
const SIGNS: Readonly<Record<Exclude<Moment, 'start'>, (event: TapEvent) => boolean>> = {
  stream: ({ way, type }) => way === 'in' && type === 'chunk.ack',
  'first-chunk': ({ way, type }) => way === 'in' && type === 'run.start',
  'run-end': ({ way, type }) => way === 'out' && type === 'run.end',
  consent: ({ way, type }) => way === 'out' && type === 'consent.receipt',
  resume: ({ way, type }) => way === 'in' && type === 'link.welcome',
}

/**
 * Streams rows through real processes and kills one of them, or both, at a seeded moment of each round. The caller
 * checks what is left and removes the world.
 */
export async function runCampaign(options: CampaignOptions): Promise<Outcome> {
  const world = await World.make(options.store === undefined ? {} : { store: options.store })
  try {
    const campaign = new Campaign(world)
    await campaign.begin()
    for (const round of planRounds(
      options.rounds,
      options.seed,
      options.whom ?? ['server', 'agent', 'server', 'agent', 'both'],
    )) {
      const startedAt = performance.now()
      await campaign.round(round)
      const { number, who, moment, count, delayMs } = round
      options.say?.(
        `round ${number}: killed ${who} at ${moment} ${count} + ${delayMs} ms (${Math.round(performance.now() - startedAt)} ms)`,
      )
    }
    const rows = await campaign.finish(options.rows)
    return { world, ledger: campaign.ledger, ticketId: campaign.ticketId, ordered: campaign.ordered, rows }
  } catch (error) {
    options.say?.(`failed; logs and data are in ${world.folder}`)
    await Promise.all([world.killServer(), world.killAgent()])
    throw error
  }
}

class Campaign {
  readonly ledger = new Ledger()
  readonly ordered = new Set<string>()
  readonly #world: World
  ticketId = ''
  #deviceId = ''
  #grantId = ''

  constructor(world: World) {
    this.#world = world
    world.listen((event) => this.ledger.note(event))
  }

  async begin(): Promise<void> {
    const { desk } = this.#world
    this.#world.startAgent()
    this.#deviceId = (
      await until('the device is online with its catalogue', async () => {
        const device = await desk.device()
        return device?.online === true ? device : null
      })
    ).id
    this.ticketId = await desk.openTicket(this.#deviceId)
    this.#grantId = await this.#grant()
  }

  async round(round: Round): Promise<void> {
    await this.#world.serverReady()
    if (round.moment === 'consent') await this.#killAtConsent(round)
    else if (round.moment === 'start') await this.#killAtStart(round)
    else if (round.moment === 'resume') await this.#killAtResume(round)
    else {
      const moment = this.#moment(round)
      await this.#order(round.runs)
      await moment
      await this.#kill(round.who)
      this.#start(round.who)
    }
  }

  /** Lets all runs end and orders more until the rows are there. @returns stored rows */
  async finish(rows: number): Promise<number> {
    await this.#world.serverReady()
    await this.#world.agentReady()
    for (;;) {
      const runs = await until('all runs have ended and are indexed', async () => {
        const all = await this.#world.desk.runs(this.ticketId)
        return all.every((run) => run.endedAt !== null && run.indexedRows === run.rows) ? all : null
      })
      const stored = runs.reduce((sum, run) => sum + run.rows, 0)
      if (stored >= rows) return stored
      await this.#order([Math.min(rows - stored, 50_000)], 1_000_000)
    }
  }

  async #killAtConsent(round: Round): Promise<void> {
    await this.#order(round.runs)
    const moment = this.#moment(round)
    const asked = this.#grant()
    await moment
    await this.#kill(round.who)
    this.#start(round.who)
    this.#grantId = await asked
  }

  /** The victim dies in the middle of a stream and again while it comes back. */
  async #killAtStart(round: Round): Promise<void> {
    await this.#order(round.runs)
    await this.#kill(round.who)
    this.#start(round.who)
    await sleep(round.delayMs)
    await this.#kill(round.who)
    this.#start(round.who)
  }

  async #killAtResume(round: Round): Promise<void> {
    await this.#order(round.runs)
    await this.#kill(round.who)
    const moment = this.#moment(round)
    this.#start(round.who)
    await moment
    await this.#kill(round.who)
    this.#start(round.who)
  }

  /** Resolves at the round's moment, or when it does not come. */
  async #moment({ moment, count, delayMs }: Round): Promise<void> {
    if (moment === 'start') return
    let left = count
    const { promise, resolve } = Promise.withResolvers<void>()
    const stop = this.#world.listen((event) => {
      if (SIGNS[moment](event)) left -= 1
      if (left <= 0) resolve()
    })
    const timer = setTimeout(resolve, MOMENT_MS + count * 100)
    await promise
    clearTimeout(timer)
    stop()
    await sleep(delayMs)
  }

  /** Orders runs as soon as the server takes them; whatever it stored counts, even when its answer was lost. */
  async #order(rows: readonly number[], rowsPerSecond = ROWS_PER_SECOND): Promise<void> {
    const runs = rows.map((count) => ({ collector: COLLECTOR, params: { rows: count, rowsPerSecond } }))
    const items = await until('the server takes an order', () =>
      this.#world.desk.order(this.ticketId, this.#grantId, runs),
    )
    for (const { id } of items) this.ordered.add(id)
  }

  async #grant(): Promise<GrantId> {
    const { desk } = this.#world
    const requestId = await until('the server takes a request', () => desk.ask(this.ticketId, this.#deviceId, GRANTED))
    const grantId = await this.#world.approve(requestId)
    return await until('the receipt is recorded', async () =>
      (await desk.request(this.ticketId, requestId))?.grant?.grantId === grantId ? grantId : null,
    )
  }

  async #kill(who: Who): Promise<void> {
    await Promise.all([
      who === 'agent' ? null : this.#world.killServer(),
      who === 'server' ? null : this.#world.killAgent(),
    ])
  }

  #start(who: Who): void {
    if (who !== 'agent') this.#world.startServer()
    if (who !== 'server') this.#world.startAgent()
  }
}
