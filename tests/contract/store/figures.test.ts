import type { LogDraft, Ticket } from '@askfirst/server/store/entities.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { beforeEach, expect, test } from 'vitest'
import {
  AT,
  addDevice,
  addScene,
  addTicket,
  closingOf,
  finding,
  freshId,
  grantFor,
  LATER,
  logDraft,
  storedRequest,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const DAY = {
  from: '2026-11-22T00:00:00.000Z',
  to: '2026-11-23T00:00:00.000Z',
} as const
const at = (time: string) => `2026-11-22T${time}:00.000Z`
const NEXT_DAY = '2026-11-23T08:00:00.000Z'

describeStores('what the figures are counted from', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  const log = (ticket: Ticket, when: string, kind: LogDraft['kind'], body: LogDraft['body'] = {}, who = 'usr_1') =>
    store.log.append({
      ...logDraft(ticket.id, kind, body),
      at: when,
      actor: { kind: 'user', id: who.padEnd(30, '0'), name: 'Ute' },
    })
  async function move(ticket: Ticket, state: Ticket['state'], when: string): Promise<Ticket> {
    const body = { changes: { state: { from: ticket.state, to: state } } }
    const draft = { ...logDraft(ticket.id, 'ticket.changed', body), at: when }
    const moved =
      state === 'closed'
        ? await store.tickets.close({
            ...closingOf(ticket.id, { at: when, version: ticket.version }),
            logs: [draft],
          })
        : await store.tickets.change(ticket.id, ticket.version, { state, updatedAt: when }, draft)
    if (moved === null) throw new Error('The ticket is gone')
    return moved
  }
  const facts = async (period = DAY as { from: string; to: string }) => await store.figures.tickets(period)

  test('open tickets are counted by priority and level', async () => {
    await addTicket(store, { priority: 2, level: 1 })
    await addTicket(store, { priority: 2, level: 1, state: 'waiting' })
    await addTicket(store, { priority: 1, level: 3 })
    await addTicket(store, { state: 'resolved' })
    await addTicket(store, { state: 'closed' })
    const open = await store.figures.openTickets()
    expect(open.toSorted((one, other) => one.priority - other.priority)).toEqual([
      { priority: 1, level: 3, count: 1 },
      { priority: 2, level: 1, count: 2 },
    ])
  })

  test('a ticket tells when it was answered, resolved and opened again, and how many worked on it', async () => {
    let ticket = await addTicket(store, { priority: 2, level: 2, openedBy: 'requester' })
    const server = { kind: 'system', id: 'server', name: 'AskFirst' } as const
    await store.log.append({ ...logDraft(ticket.id, 'message.sent'), at: at('03:01'), actor: server })
    await log(ticket, at('03:05'), 'note.added', { text: 'looks old' })
    await log(ticket, at('03:10'), 'message.sent', { text: 'We look at it' })
    await log(ticket, at('03:20'), 'run.ordered', {}, 'usr_2')
    ticket = await move(ticket, 'resolved', at('04:00'))
    ticket = await move(ticket, 'open', at('05:00'))
    ticket = await move(ticket, 'resolved', at('06:00'))
    await move(ticket, 'closed', at('07:00'))
    expect(await facts()).toEqual([
      {
        ...{
          number: 1,
          priority: 2,
          level: 2,
          openedAt: AT,
          firstResponseAt: at('03:10'),
          openedByDesk: false,
        },
        ...{
          firstResolvedAt: at('04:00'),
          resolvedAt: at('06:00'),
          reopenedAt: at('05:00'),
        },
        ...{ technicians: 2, permissions: 0, escalations: 0 },
      },
    ])
  })

  test('a ticket that is closed at once is resolved then, and words that look like a move are none', async () => {
    const closed = await addTicket(store)
    await move(closed, 'closed', at('09:00'))
    const sly = await addTicket(store)
    const text = '"state":{"from":"open","to":"resolved"}'
    await log(sly, at('04:00'), 'ticket.changed', {
      changes: { title: { from: text, to: '\u0000' } },
    })
    await log(sly, at('04:00'), 'note.added', {
      state: { from: 'open', to: 'resolved' },
    })
    expect((await facts()).map(({ resolvedAt }) => resolvedAt)).toEqual([at('09:00'), null])
  })

  test('only tickets that were opened or resolved in the period are counted', async () => {
    const early = await addTicket(store, {
      createdAt: '2026-11-20T08:00:00.000Z',
    })
    await addTicket(store, {
      createdAt: '2026-11-21T23:59:59.999Z',
      updatedAt: LATER,
    })
    await addTicket(store, { createdAt: DAY.to, updatedAt: DAY.to })
    const late = await addTicket(store)
    await move(early, 'resolved', at('10:00'))
    await move(late, 'resolved', NEXT_DAY)
    expect((await facts()).map(({ number, resolvedAt }) => [number, resolvedAt])).toEqual([
      [1, at('10:00')],
      [4, null],
    ])
    const next = await facts({ from: DAY.to, to: '2026-11-24T00:00:00.000Z' })
    expect(next.map(({ number }) => number)).toEqual([3, 4])
  })

  test('a request tells what was asked and what was given, also where its text holds U+0000', async () => {
    const scene = await addScene(store)
    const wide = storedRequest({
      deviceId: scene.device.id,
      ticketId: scene.ticket.id,
    })
    const collectors = [...wide.request.collectors, { id: 'process.list', params: {} }]
    const request = {
      ...wide,
      request: {
        ...wide.request,
        collectors,
        purpose: 'a \u0000 and \\u0000 too',
      },
    }
    await store.consent.create(request, logDraft(scene.ticket.id, 'consent.requested'))
    const receipt = {
      receiptId: freshId('rcp'),
      jws: 'a.b.c',
      state: 'given',
      stateReason: null,
    } as const
    const grant = grantFor({ ...scene, request })
    const draft = logDraft(scene.ticket.id, 'consent.receipt')
    await store.consent.recordReceipt({
      id: request.id,
      ...receipt,
      grant,
      log: draft,
    })
    const asked = { askedMs: 600_000, askedCollectors: 1 }
    const none = { givenCollectors: null, validFrom: null, expiresAt: null }
    expect(await store.figures.consent(DAY)).toEqual([
      { ...asked, ...none, state: 'asked' },
      {
        ...asked,
        askedCollectors: 2,
        state: 'given',
        givenCollectors: 1,
        validFrom: AT,
        expiresAt: LATER,
      },
    ])
    expect(await store.figures.consent({ from: DAY.to, to: NEXT_DAY })).toEqual([])
    expect((await facts()).map(({ permissions }) => permissions)).toEqual([1])
  })

  test('a confirmed rule counts once for each ticket', async () => {
    const tickets = [await addTicket(store), await addTicket(store), await addTicket(store, { createdAt: DAY.to })]
    const findings = tickets.flatMap(({ id }) => [finding(id, '/'), finding(id, '/home')])
    const [first] = tickets
    const hog = finding(first?.id ?? freshId('tkt'), 'chrome')
    const other = { ...hog, content: { ...hog.content, rule: 'cpu.hog' } }
    const open = finding(first?.id ?? freshId('tkt'), '/opt')
    const added = [...findings, other, open]
    const drafts = added.map(({ ticketId }) => logDraft(ticketId, 'finding.added'))
    await store.findings.add(added, drafts)
    for (const { id, ticketId } of [...findings, other])
      await store.findings.judge(id, 'confirmed', freshId('usr'), 'seen', logDraft(ticketId, 'finding.judged'))
    expect(await store.figures.causes(DAY, 5)).toEqual([
      { rule: 'disk.full', tickets: 2 },
      { rule: 'cpu.hog', tickets: 1 },
    ])
    expect(await store.figures.causes(DAY, 1)).toHaveLength(1)
  })

  test('entries of kinds are read by time', async () => {
    const device = await addDevice(store)
    const ticket = await addTicket(store, { deviceIds: [device.id] })
    await log(ticket, at('05:00'), 'finding.judged', { n: 2 })
    await log(ticket, at('04:00'), 'finding.judged', { n: 1 })
    await log(ticket, at('04:30'), 'note.added', { n: 3 })
    await log(ticket, DAY.to, 'finding.judged', { n: 4 })
    expect(await store.figures.events(DAY, ['finding.judged'])).toEqual([
      {
        ticketNumber: 1,
        at: at('04:00'),
        kind: 'finding.judged',
        body: { n: 1 },
      },
      {
        ticketNumber: 1,
        at: at('05:00'),
        kind: 'finding.judged',
        body: { n: 2 },
      },
    ])
    expect(await store.figures.events(DAY, [])).toEqual([])
  })
})
