import type { Appointment } from '@askfirst/server/store/appointment-store.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Scene } from '../../support/store-records.ts'
import {
  AT,
  addScene,
  closingOf,
  freshId,
  grantFor,
  LATER,
  logDraft,
  storedRequest,
} from '../../support/store-records.ts'
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

  test('[T48] stand with their tickets in the queue: the one that is on or comes next, until it is over or cancelled', async () => {
    const next = await agreed()
    await agreed({ from: '2026-11-25T09:00:00.000Z', until: '2026-11-25T10:00:00.000Z' })
    const seen = async (now: string) => (await store.tickets.activity([scene.ticket.id], now))[0]?.appointment
    expect(await seen(AT)).toEqual({ from: FROM, until: UNTIL })
    expect(await seen('2026-11-23T09:59:59.999Z')).toEqual({ from: FROM, until: UNTIL })
    expect(await seen(UNTIL)).toMatchObject({ from: '2026-11-25T09:00:00.000Z' })
    await store.appointments.cancel(next.id, { at: LATER, endedBy: SERVER, log: [] })
    expect(await seen(AT)).toMatchObject({ from: '2026-11-25T09:00:00.000Z' })
    expect(await seen('2026-11-25T10:00:00.000Z')).toBeNull()
  })

  /** A request for the times of an appointment. */
  function windowed({ id }: Pick<Appointment, 'id'>) {
    const stored = storedRequest({ ticketId: scene.ticket.id, deviceId: scene.device.id })
    const window = { appointmentId: id, from: FROM, until: UNTIL }
    return { ...stored, request: { ...stored.request, window } }
  }
  const ask = (request: ReturnType<typeof windowed>) =>
    store.consent.create(request, logDraft(scene.ticket.id, 'consent.requested', {}))

  test('[C27] end what was asked and allowed for them in the same transaction, and nothing else', async () => {
    const appointment = await agreed()
    const [open, given] = [windowed(appointment), windowed(appointment)]
    await ask(open)
    await ask(given)
    const grant = { ...grantFor(scene), grantId: freshId('gra'), validFrom: FROM, expiresAt: UNTIL }
    const receipt = { receiptId: freshId('rcp'), jws: 'a.b.c', state: 'given', stateReason: null, grant } as const
    await store.consent.recordReceipt({
      id: given.id,
      ...receipt,
      log: logDraft(scene.ticket.id, 'consent.receipt', {}),
    })
    await store.appointments.cancel(appointment.id, { at: LATER, endedBy: SERVER, log: [log('appointment.cancelled')] })
    expect(await store.consent.get(open.id)).toMatchObject({ state: 'withdrawn', stateReason: 'withdrawn' })
    expect(await store.consent.get(given.id)).toMatchObject({ grantEndedAt: LATER, grantEndReason: 'withdrawn' })
    expect(await store.consent.get(scene.request.id)).toMatchObject({ state: scene.request.state, grantEndedAt: null })
    const entries = await store.log.read(scene.ticket.id, 0, 100)
    expect(entries.slice(-3).map(({ kind }) => kind)).toEqual([
      ...['appointment.cancelled', 'consent.withdrawn', 'consent.withdrawn'],
    ])
    expect(entries.at(-1)?.body).toMatchObject({ grantId: grant.grantId, because: 'appointment-cancelled' })
    await expect(ask(windowed(appointment))).rejects.toMatchObject({ code: 'CONFLICT' })
  })

  test('[C27] are told to a device that comes back, as ended, until their window has passed', async () => {
    const appointment = await agreed()
    const given = windowed(appointment)
    await ask(given)
    const grant = { ...grantFor(scene), grantId: freshId('gra'), validFrom: FROM, expiresAt: UNTIL }
    const receipt = { receiptId: freshId('rcp'), jws: 'a.b.c', state: 'given', stateReason: null, grant } as const
    await store.consent.recordReceipt({
      id: given.id,
      ...receipt,
      log: logDraft(scene.ticket.id, 'consent.receipt', {}),
    })
    await store.appointments.cancel(appointment.id, { at: AT, endedBy: SERVER, log: [] })
    const told = async (since: string) =>
      (await store.consent.openForDevice(scene.device.id, since)).some(({ id }) => id === given.id)
    expect(await told(UNTIL)).toBe(true)
    expect(await told('2026-11-23T10:00:00.001Z')).toBe(false)
    expect(await store.devices.waiting(scene.device.id, UNTIL)).toMatchObject({ requests: true })
  })

  test('[T47] hold up the closing of their ticket unless they are cancelled with it', async () => {
    const appointment = await agreed()
    const past = await agreed({ from: '2020-01-01T09:00:00.000Z', until: '2020-01-01T10:00:00.000Z' })
    await expect(store.tickets.close(closingOf(scene.ticket.id, { at: AT }))).rejects.toMatchObject({
      code: 'CONFLICT',
    })
    expect(await store.tickets.get(scene.ticket.id)).toMatchObject({ state: scene.ticket.state })
    const cancels = [{ appointmentId: appointment.id, logs: [log('appointment.cancelled')] }]
    await store.tickets.close({ ...closingOf(scene.ticket.id, { at: AT }), cancels })
    expect(await store.appointments.get(appointment.id)).toMatchObject({ state: 'cancelled', sequence: 1, endedAt: AT })
    expect(await store.appointments.get(past.id)).toMatchObject({ state: 'agreed' })
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
