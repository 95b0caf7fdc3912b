import type { StoredAsk } from '@askfirst/server/store/ask-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { openAsk, statementOf, WIDE_BOUNDS } from '../../support/person-records.ts'
import type { Scene } from '../../support/store-records.ts'
import { AT, addScene, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const BETWEEN = '2026-11-22T03:30:00.000Z'

describeStores('questions of the desk', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeAll(async () => {
    store = await newStore()
  }, 60_000)
  beforeEach(async () => {
    scene = await addScene(store)
  })
  const kinds = async () => (await store.log.read(scene.ticket.id, 0, 100)).map(({ kind }) => kind)

  async function asked({ until }: { readonly until?: string } = {}, mostOpen = 8): Promise<StoredAsk> {
    const ask = openAsk(scene.ticket.id, until)
    const log = logDraft(scene.ticket.id, 'ask.sent', { askId: ask.id })
    await store.asks.create(ask, { mostOpen, now: AT }, log)
    return ask
  }
  const withdraw = (ask: StoredAsk) =>
    store.asks.withdraw(ask.id, LATER, logDraft(scene.ticket.id, 'ask.withdrawn', { askId: ask.id }))
  async function answer(ask: StoredAsk, at = BETWEEN) {
    const statement = statementOf({ ticketId: scene.ticket.id, deviceId: scene.device.id }, { kind: 'decided' })
    const said = { kind: 'decided', askId: ask.id, askSha256: ask.askSha256, choice: 'good' }
    const log = logDraft(scene.ticket.id, 'ask.answered', { askId: ask.id, statementId: statement.id })
    const outcome = await store.statements.record({
      statement,
      bounds: WIDE_BOUNDS,
      log: logDraft(scene.ticket.id, 'person.stated', { statementId: statement.id, osUser: 'rae', said }),
      answers: { askId: ask.id, choice: 'good', text: 'thanks', osUser: 'rae', at, log },
    })
    return { outcome, statementId: statement.id }
  }

  test('are kept as they were asked, in their order, and are open until they end', async () => {
    expect(await store.asks.openIn([scene.ticket.id], AT)).toEqual([])
    const [first, second] = [await asked(), await asked({ until: LATER })]
    expect(await store.asks.get(first.id)).toEqual(first)
    expect(await store.asks.get(freshId('ask'))).toBeNull()
    expect(await store.asks.listForTicket(scene.ticket.id)).toEqual([first, second])
    const open = async (now: string) => (await store.asks.openIn([scene.ticket.id], now))[0]?.asks
    expect(await open(BETWEEN)).toEqual([first.ask, second.ask])
    expect(await open(LATER)).toEqual([first.ask])
    await withdraw(first)
    expect(await open(LATER)).toEqual([])
    expect(await store.asks.openIn([], AT)).toEqual([])
  })

  test('[P12] are answered once, with the statement in the same transaction; the first wins', async () => {
    const ask = await asked()
    const { outcome, statementId } = await answer(ask)
    expect(outcome).toBe('recorded')
    const given = { statementId, choice: 'good', text: 'thanks', osUser: 'rae' }
    expect(await store.asks.get(ask.id)).toEqual({ ...ask, state: 'answered', endedAt: BETWEEN, answer: given })
    expect((await kinds()).slice(-2)).toEqual(['person.stated', 'ask.answered'])
    const size = (await kinds()).length
    await expect(answer(ask)).rejects.toMatchObject({ code: 'ASK_CLOSED' })
    expect(await withdraw(ask)).toBeNull()
    expect(await kinds()).toHaveLength(size)
  })

  test('[P12] take one of two answers that come at once', async () => {
    const ask = await asked()
    const outcomes = await Promise.allSettled([answer(ask), answer(ask)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect((await kinds()).filter((kind) => kind === 'ask.answered')).toHaveLength(1)
  })

  test('[P12] take no answer from their end on, nor after they were taken back', async () => {
    const [timed, late, back] = [await asked({ until: LATER }), await asked({ until: LATER }), await asked()]
    expect((await answer(timed, '2026-11-22T03:59:59.999Z')).outcome).toBe('recorded')
    await expect(answer(late, LATER)).rejects.toMatchObject({ code: 'ASK_CLOSED' })
    expect(await withdraw(back)).toMatchObject({ state: 'withdrawn', endedAt: LATER })
    await expect(answer(back)).rejects.toMatchObject({ code: 'ASK_CLOSED' })
    expect(await withdraw(back)).toBeNull()
  })

  test('[L23] stand open in a ticket up to a number, also when they are asked at once', async () => {
    await asked({}, 2)
    const outcomes = await Promise.allSettled([asked({}, 2), asked({}, 2)])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expect(asked({}, 2)).rejects.toMatchObject({ code: 'CONFLICT' })
    const [first] = await store.asks.listForTicket(scene.ticket.id)
    if (first === undefined) throw new Error('Nothing was asked')
    await withdraw(first)
    await asked({ until: AT }, 2) // Over already: it does not count.
    await asked({}, 3)
    expect((await kinds()).filter((kind) => kind === 'ask.sent')).toHaveLength(4)
  })
})
