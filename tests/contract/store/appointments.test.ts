import type { Appointment } from '@askfirst/server/store/appointment-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import { AT, addScene, freshId, LATER, logDraft } from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const FROM = '2026-11-23T09:00:00.000Z'
const UNTIL = '2026-11-23T10:00:00.000Z'
const SERVER = { kind: 'system', id: 'server', name: 'Server' } as const

describeStores('appointments', ({ newStore }) => {
  let store: Store
  let scene: Scene
  beforeAll(async () => {
    store = await newStore()
  }, 60_000)
  beforeEach(async () => {
    scene = await addScene(store)
  })
  const log = (kind: 'appointment.agreed' | 'appointment.cancelled') => logDraft(scene.ticket.id, kind, { from: FROM })
  const size = async () => (await store.log.read(scene.ticket.id, 0, 100)).length
  async function agreed(changes: Partial<Appointment> = {}): Promise<Appointment> {
    const who = { technicianId: freshId('usr'), technicianName: 'Ute', what: 'Look', place: null }
    const open = { state: 'agreed', sequence: 0, agreedAt: AT, endedAt: null } as const
    const of = { id: freshId('apt'), ticketId: scene.ticket.id, askId: freshId('ask') }
    const appointment = { ...of, ...who, from: FROM, until: UNTIL, ...open, ...changes }
    await store.appointments.agree(appointment, log('appointment.agreed'))
    return appointment
  }

  test('[T42] come once of each question, the first wins, also at once', async () => {
    const first = await agreed({ place: 'Room 12' })
    expect(await store.appointments.get(first.id)).toEqual(first)
    expect(await store.appointments.get(freshId('apt'))).toBeNull()
    const before = await size()
    const again = { ...first, id: freshId('apt'), from: AT }
    expect(await store.appointments.agree(again, log('appointment.agreed'))).toBe('known')
    expect(await size()).toBe(before)
    const askId = freshId('ask')
    await Promise.all([agreed({ askId }), agreed({ askId })])
    expect(await store.appointments.listForTicket(scene.ticket.id)).toHaveLength(2)
    expect(await size()).toBe(before + 1)
  })

  test('[T43] are found by their technician where they overlap a time, to the millisecond, until they are cancelled', async () => {
    const { id, technicianId } = await agreed()
    await agreed()
    const within = async (from: string, until: string) =>
      (await store.appointments.agreedWithin(technicianId, { from, until })).map((each) => each.id)
    expect(await within(AT, FROM)).toEqual([])
    expect(await within(AT, '2026-11-23T09:00:00.001Z')).toEqual([id])
    expect(await within('2026-11-23T09:59:59.999Z', '2026-11-24T00:00:00.000Z')).toEqual([id])
    expect(await within(UNTIL, '2026-11-24T00:00:00.000Z')).toEqual([])
    await store.appointments.cancel(id, { at: LATER, endedBy: SERVER, log: [] })
    expect(await within(FROM, UNTIL)).toEqual([])
  })

  test('[T45] are cancelled once, with their entries, and count it', async () => {
    const { id, ...rest } = await agreed()
    const cancel = () =>
      store.appointments.cancel(id, { at: LATER, endedBy: SERVER, log: [log('appointment.cancelled')] })
    expect(await cancel()).toEqual({ id, ...rest, state: 'cancelled', sequence: 1, endedAt: LATER })
    const before = await size()
    expect(await cancel()).toBeNull()
    expect(await size()).toBe(before)
  })
})
