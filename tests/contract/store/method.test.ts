import type { PlannedAction, StepRecord, Theory } from '@askfirst/server/store/method-entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import { AT, addScene, closingOf, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const UTE = { id: 'usr_1', name: 'Ute' }

function step(changes: Partial<StepRecord> = {}): StepRecord {
  const content = { text: 'It is slow', answers: [], measures: [] }
  return { step: 'identify', content, skipReason: null, at: AT, by: UTE, version: 1, ...changes }
}
function theory(changes: Partial<Theory> = {}): Theory {
  return {
    ...{ id: freshId('thy'), statement: 'The drive is full', likelihood: 'high', findingIds: [freshId('fnd')] },
    ...{ test: { text: 'Look', collector: 'disk.space' }, verdict: 'open', result: null, runId: null },
    ...{ addedAt: AT, addedBy: UTE, judgedAt: null, judgedBy: null, version: 1 },
    ...changes,
  }
}
function action(changes: Partial<PlannedAction> = {}): PlannedAction {
  return {
    ...{ id: freshId('act'), what: 'Empty the bin', deviceId: null, why: null, undo: null, risk: 'low' },
    ...{ doer: { kind: 'technician', name: 'Ute' }, needsApproval: false, state: 'planned', askId: null },
    ...{ approval: null, outcome: null, plannedAt: AT, plannedBy: UTE, endedAt: null, endedBy: null, version: 1 },
    ...changes,
  }
}

describeStores('the method of a ticket', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeAll(async () => {
    store = await newStore()
  }, 60_000)
  beforeEach(async () => {
    scene = await addScene(store)
  })
  const draft = (text: string) => logDraft(scene.ticket.id, 'method.step', { text })
  const entries = async () =>
    (await store.log.read(scene.ticket.id, 0, 100)).flatMap(({ kind, body }) =>
      kind === 'method.step' ? [body.text] : [],
    )
  const read = () => store.method.read(scene.ticket.id)

  test('keeps each kind in the order in which it was first written, of its own ticket only', async () => {
    const [first, second, planned] = [theory(), theory({ statement: 'A virus' }), action()]
    const comparison = {
      ...{ id: freshId('cmp'), deviceId: scene.device.id, collector: 'disk.space' },
      ...{ beforeRunId: freshId('run'), afterRunId: freshId('run'), isCut: false, at: AT, by: UTE },
      counts: { changed: 1, added: 0, removed: 0, same: 3 },
      lines: [{ change: 'changed', subject: 'C:', before: 'usedPercent: 99', after: 'usedPercent: 40' }],
    } as const
    expect(await read()).toEqual({ ticketId: scene.ticket.id, steps: [], theories: [], actions: [], comparisons: [] })
    expect(await store.method.put({ kind: 'theory', record: first }, draft('1'))).toBe(true)
    expect(await store.method.put({ kind: 'theory', record: second }, draft('2'))).toBe(true)
    expect(await store.method.put({ kind: 'action', record: planned }, draft('3'))).toBe(true)
    expect(await store.method.put({ kind: 'step', record: step() }, draft('4'))).toBe(true)
    expect(await store.method.put({ kind: 'comparison', record: comparison }, draft('5'))).toBe(true)
    const judged = {
      ...first,
      verdict: 'refuted',
      result: 'Half empty',
      judgedAt: LATER,
      judgedBy: UTE,
      version: 2,
    } as const
    expect(await store.method.put({ kind: 'theory', record: judged }, draft('6'))).toBe(true)
    expect(await read()).toEqual({
      ticketId: scene.ticket.id,
      steps: [step()],
      theories: [judged, second],
      actions: [planned],
      comparisons: [comparison],
    })
    expect(await store.method.read((await addScene(store)).ticket.id)).toMatchObject({ theories: [] })
    expect(await entries()).toEqual(['1', '2', '3', '4', '5', '6'])
  })

  test('[T27] of two writes to one version the first wins, and only it stands in the log', async () => {
    const mine = store.method.put({ kind: 'step', record: step() }, draft('mine'))
    const theirs = store.method.put(
      { kind: 'step', record: step({ by: { id: 'usr_2', name: 'Kim' } }) },
      draft('theirs'),
    )
    expect((await Promise.all([mine, theirs])).toSorted()).toEqual([false, true])
    expect(await entries()).toHaveLength(1)
    const planned = action()
    await store.method.put({ kind: 'action', record: planned }, draft('planned'))
    const done = { ...planned, state: 'done', version: 2 } as const
    const dropped = { ...planned, state: 'dropped', version: 2 } as const
    expect(await store.method.put({ kind: 'action', record: done }, draft('done'))).toBe(true)
    expect(await store.method.put({ kind: 'action', record: dropped }, draft('dropped'))).toBe(false)
    expect((await read()).actions).toEqual([done])
    expect((await entries()).slice(1)).toEqual(['planned', 'done'])
  })

  test('[T50] what is said of an action stands in the log with its end, and of a lost race nothing', async () => {
    const planned = action()
    await store.method.put({ kind: 'action', record: planned }, draft('planned'))
    const done = { ...planned, state: 'done', version: 2 } as const
    const failed = { ...planned, state: 'failed', version: 2 } as const
    const ends = await Promise.all([
      store.method.put({ kind: 'action', record: done }, draft('ended'), [draft('told')]),
      store.method.put({ kind: 'action', record: failed }, draft('ended'), [draft('told')]),
    ])
    expect(ends.toSorted()).toEqual([false, true])
    expect(await entries()).toEqual(['planned', 'ended', 'told'])
  })

  test('[T27] a closed ticket keeps its method as it was, and one that is not there has none', async () => {
    await store.tickets.close(closingOf(scene.ticket.id))
    await expect(store.method.put({ kind: 'step', record: step() }, draft('late'))).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    const nowhere = logDraft(freshId('tkt'), 'method.step', {})
    await expect(store.method.put({ kind: 'step', record: step() }, nowhere)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    })
    expect((await read()).steps).toEqual([])
    expect(await entries()).toEqual([])
  })
})
