import { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { Ticket } from '@askfirst/server/store/entities.ts'
import { auditEntryHash, logEntryHash } from '@askfirst/server/store/sql/seal.ts'
import type { Store } from '@askfirst/server/store/store.ts'
import { Check } from 'typebox/value'
import { beforeEach, expect, test } from 'vitest'
import {
  AT,
  addDevice,
  addRun,
  addScene,
  addTicket,
  auditDraft,
  completeness,
  finding,
  freshId,
  grantFor,
  LATER,
  logDraft,
  storedRequest,
} from '../../support/store-records.ts'
import { describeStores } from '../../support/stores.ts'

const AFTER_LATER = '2026-11-22T05:00:00.000Z'

describeStores('tickets, log and consent', ({ newStore }) => {
  let store: Store
  beforeEach(async () => {
    store = await newStore()
  })

  test('tickets are numbered without gap when many come at once', async () => {
    const tickets = await Promise.all(Array.from({ length: 10 }, () => addTicket(store)))
    expect(tickets.map(({ number }) => number).sort((one, other) => one - other)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
    ])
  })

  test('a ticket of a device that is not there is refused and leaves nothing', async () => {
    await expect(addTicket(store, { deviceIds: [freshId('dev')] })).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect((await store.tickets.list({ limit: 5 })).items).toEqual([])
  })

  test('a change names the version it saw; of two only one wins', async () => {
    const device = await addDevice(store)
    const ticket = await addTicket(store)
    const change = { state: 'open', deviceIds: [device.id], updatedAt: LATER } as const
    const outcomes = await Promise.allSettled(
      [1, 1].map((version) =>
        store.tickets.change(ticket.id, version, change, logDraft(ticket.id, 'ticket.changed', {})),
      ),
    )
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(await store.tickets.get(ticket.id)).toEqual({ ...ticket, ...change, version: 2 })
    expect((await store.log.head(ticket.id)).size).toBe(2)
    expect(await store.tickets.change(freshId('tkt'), 1, { updatedAt: AT }, logDraft(ticket.id))).toBeNull()
  })

  test('why a ticket has its priority is kept, changed and taken back', async () => {
    const override = { reason: 'the talk starts at 10', userId: freshId('usr'), userName: 'Ada Lead', at: AT }
    const ticket = await addTicket(store, { priority: 1, priorityReason: { byMatrix: 2, override } })
    expect(await store.tickets.get(ticket.id)).toEqual(ticket)
    const log = () => logDraft(ticket.id, 'ticket.changed', {})
    const back = { priority: 4, priorityReason: { byMatrix: 4, override: null }, updatedAt: LATER }
    await store.tickets.change(ticket.id, 1, back, log())
    expect(await store.tickets.byNumber(ticket.number)).toEqual({ ...ticket, ...back, version: 2 })
    const again = { priorityReason: { byMatrix: 3, override: { ...override, reason: 'again' } }, updatedAt: LATER }
    await store.tickets.change(ticket.id, 2, again, log())
    expect((await store.tickets.list({ limit: 5 })).items).toEqual([{ ...ticket, ...back, ...again, version: 3 }])
  })

  test('tickets of some states are counted by impact, urgency and priority, without those that were overridden', async () => {
    const graded = { impact: 'medium', urgency: 'low', priority: 4 } as const
    await addTicket(store, graded)
    await addTicket(store, { ...graded, state: 'waiting' })
    await addTicket(store, { ...graded, priority: 2 })
    await addTicket(store, { ...graded, state: 'closed' })
    const override = { reason: 'because', userId: freshId('usr'), userName: 'Ada', at: AT }
    await addTicket(store, { ...graded, priorityReason: { byMatrix: 3, override } })
    const counts = await store.tickets.gradeCounts(['new', 'open', 'waiting'])
    expect(counts.toSorted((one, other) => one.priority - other.priority)).toEqual([
      { ...graded, priority: 2, count: 1 },
      { ...graded, count: 2 },
    ])
    expect(await store.tickets.gradeCounts(['resolved'])).toEqual([])
    expect(await store.tickets.gradeCounts([])).toEqual([])
  })

  test('tickets are listed newest first, by state, device and words', async () => {
    const device = await addDevice(store)
    const one = await addTicket(store, { deviceIds: [device.id], title: 'Drucker größer' })
    const two = await addTicket(store, { state: 'closed' })
    const ids = async (filter: Omit<Parameters<Store['tickets']['list']>[0], 'limit'>) =>
      (await store.tickets.list({ limit: 10, ...filter })).items.map(({ id }) => id)
    expect(await ids({})).toEqual([two.id, one.id])
    expect(await ids({ states: ['closed'] })).toEqual([two.id])
    expect(await ids({ states: [] })).toEqual([])
    expect(await ids({ deviceId: device.id })).toEqual([one.id])
    expect(await ids({ q: 'GROSSER muller' })).toEqual([])
    expect(await ids({ q: 'größer Muller' })).toEqual([one.id])
  })

  test('tickets are filtered by assignee, priority and level, and found by their number', async () => {
    const me = freshId('usr')
    const one = await addTicket(store, { priority: 1, level: 2, assigneeId: me })
    const two = await addTicket(store, { priority: 4 })
    const ids = async (filter: Omit<Parameters<Store['tickets']['list']>[0], 'limit'>) =>
      (await store.tickets.list({ limit: 10, ...filter })).items.map(({ id }) => id)
    expect(await ids({ assigneeId: me })).toEqual([one.id])
    expect(await ids({ assigneeId: null })).toEqual([two.id])
    expect(await ids({ priorities: [3, 4] })).toEqual([two.id])
    expect(await ids({ priorities: [] })).toEqual([])
    expect(await ids({ levels: [2, 3] })).toEqual([one.id])
    expect(await store.tickets.byNumber(two.number)).toEqual(two)
    expect(await store.tickets.byNumber(99)).toBeNull()
  })

  test.each(['newest', 'oldest', 'updated', 'priority', 'due'] as const)(
    '[T66] pages in the order "%s" give every ticket once, also among equals',
    async (order) => {
      const times = [LATER, AT, LATER, AT, AFTER_LATER]
      const added: Ticket[] = []
      for (const [at, updatedAt] of times.entries())
        added.push(await addTicket(store, { updatedAt, priority: (at % 2) + 1 }))
      // The second and the last have no time that runs, the third no clock at all.
      const dues = [LATER, null, undefined, AT, null]
      for (const [at, { id: ticketId }] of added.entries()) {
        const dueAt = dues[at]
        const clock = { ticketId, logSeq: 1, facts: null, targets: [], settingsSha256: 'a' }
        if (dueAt !== undefined) await store.clocks.put({ ...clock, dueAt }, { set: [], cancel: [] })
      }
      const paged: Ticket[] = []
      let after: string | undefined
      do {
        const page = await store.tickets.list({ limit: 2, order, ...(after === undefined ? {} : { after }) })
        paged.push(...page.items)
        after = page.next ?? undefined
      } while (after !== undefined)
      const numbers = {
        newest: [5, 4, 3, 2, 1],
        oldest: [1, 2, 3, 4, 5],
        updated: [5, 3, 1, 4, 2],
        priority: [1, 3, 5, 2, 4],
        due: [4, 1, 2, 3, 5],
      }
      expect(paged.map(({ number }) => number)).toEqual(numbers[order])
      expect(new Set(paged.map(({ id }) => id)).size).toBe(added.length)
    },
  )

  test('a cursor of another order is refused', async () => {
    await addTicket(store)
    await addTicket(store)
    const { next } = await store.tickets.list({ limit: 1, order: 'priority' })
    for (const order of ['newest', 'oldest', 'updated', 'due'] as const)
      await expect(store.tickets.list({ limit: 1, order, after: next ?? '' })).rejects.toMatchObject({
        code: 'INVALID_REQUEST',
      })
  })

  test('the activity of tickets tells who waits for what at that moment', async () => {
    const scene = await addScene(store)
    const { ticket, device, request } = scene
    const idle = await addTicket(store)
    const activity = async (now: string) =>
      (await store.tickets.activity([ticket.id, idle.id, freshId('tkt')], now)).find(
        ({ ticketId }) => ticketId === ticket.id,
      )
    expect(await activity(AT)).toEqual({
      ticketId: ticket.id,
      assigneeName: null,
      appointment: null,
      devices: [{ id: device.id, name: device.name }],
      asked: { state: 'asked', answerBy: LATER },
      allowedUntil: null,
      openRuns: 0,
      findings: { open: 0, confirmed: 0, worst: null },
    })
    expect(await activity(AFTER_LATER)).toMatchObject({ asked: null })
    const grant = grantFor(scene)
    await store.consent.recordReceipt({
      id: request.id,
      receiptId: freshId('rcp'),
      jws: 'a.b.c',
      state: 'given',
      stateReason: null,
      grant,
      log: logDraft(ticket.id, 'consent.receipt', {}),
    })
    const run = await addRun(store, scene)
    const minor = finding(ticket.id, 'one')
    const found = [
      minor,
      { ...minor, id: freshId('fnd'), content: { ...minor.content, subject: 'two', severity: 'critical' } },
    ] as const
    await store.findings.add(
      found,
      found.map(() => logDraft(ticket.id, 'finding.added', {})),
    )
    await store.findings.judge(minor.id, 'confirmed', freshId('usr'), 'seen', logDraft(ticket.id, 'finding.judged', {}))
    expect(await activity(AT)).toMatchObject({
      asked: null,
      allowedUntil: grant.expiresAt,
      openRuns: 1,
      findings: { open: 1, confirmed: 1, worst: 'critical' },
    })
    await store.findings.judge(
      found[1].id,
      'dismissed',
      freshId('usr'),
      'no',
      logDraft(ticket.id, 'finding.judged', {}),
    )
    await store.runs.end(run.id, { completeness: completeness(), at: LATER, log: logDraft(ticket.id, 'run.ended', {}) })
    const ended = { at: LATER, reason: 'revoked', log: logDraft(ticket.id, 'consent.revoked', {}) } as const
    await store.consent.endGrant(grant.grantId, ended)
    expect(await activity(AT)).toMatchObject({
      allowedUntil: null,
      openRuns: 0,
      findings: { open: 0, confirmed: 1, worst: 'high' },
    })
    expect(await store.tickets.activity([], AT)).toEqual([])
  })

  test('findings are found by words of statement and subject, the newest first', async () => {
    const ticket = await addTicket(store)
    const big = finding(ticket.id, 'Größe C:')
    const statement = `${big.content.statement} \u0000`
    const found = [{ ...big, content: { ...big.content, statement } }, finding(ticket.id, 'D:')]
    await store.findings.add(
      found,
      found.map(() => logDraft(ticket.id, 'finding.added', {})),
    )
    const subjects = async (q: string) =>
      (await store.findings.search(q, 10)).map(({ finding: one }) => one.content.subject)
    expect(await subjects('drive FULL')).toEqual(['D:', 'Größe C:'])
    expect(await subjects('grosse')).toEqual([])
    expect(await subjects('GRÖSSE')).toEqual([])
    expect(await subjects('größe')).toEqual(['Größe C:'])
    expect(await subjects('%')).toEqual([])
    expect((await store.findings.search('drive', 1))[0]).toMatchObject({
      ticketNumber: ticket.number,
      ticketTitle: ticket.title,
    })
  })

  test('[G1] [G3] the log is a chain even when many append at once', async () => {
    const ticket = await addTicket(store)
    const bodies = Array.from({ length: 20 }, (_, n) => ({
      n,
      text: `é ${n} \u0000 \u2028`,
      zero: -0,
      list: [1.5e300, null],
    }))
    const appended = await Promise.all(bodies.map((body) => store.log.append(logDraft(ticket.id, 'note.added', body))))
    const entries = await store.log.read(ticket.id, 0, 100)
    expect(entries).toHaveLength(21)
    for (const [at, entry] of entries.entries()) {
      expect(Check(LogEntry, entry)).toBe(true)
      expect(entry).toMatchObject({
        seq: at + 1,
        hash: logEntryHash(entry),
        previousHash: entries[at - 1]?.hash ?? '0'.repeat(64),
      })
    }
    expect(entries).toEqual(
      expect.arrayContaining(appended.map((entry) => ({ ...entry, body: { ...entry.body, zero: 0 } }))),
    )
    expect(await store.log.head(ticket.id)).toEqual({ size: 21, headHash: entries[20]?.hash })
    expect((await store.log.read(ticket.id, 19, 5)).map(({ seq }) => seq)).toEqual([20, 21])
    expect(await store.log.head(freshId('tkt'))).toEqual({ size: 0, headHash: '0'.repeat(64) })
    await expect(store.log.append(logDraft(freshId('tkt')))).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  test('an entry with half a character is refused and changes nothing', async () => {
    const ticket = await addTicket(store)
    await expect(store.log.append(logDraft(ticket.id, 'note.added', { text: '\ud800' }))).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
    })
    expect((await store.log.head(ticket.id)).size).toBe(1)
  })

  test('a text with U+0000 is refused as a request error', async () => {
    await expect(addTicket(store, { title: 'a\u0000b' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' })
  })

  test('[G9] the audit log is a chain that can be read by action and subject', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, n) => store.audit.append(auditDraft(n % 2 === 0 ? 'a.even' : 'a.odd', `s${n}`))),
    )
    const entries = await store.audit.read(0, 100)
    for (const [at, entry] of entries.entries()) {
      expect(entry).toMatchObject({
        seq: at + 1,
        hash: auditEntryHash(entry),
        previousHash: entries[at - 1]?.hash ?? '0'.repeat(64),
      })
    }
    expect(await store.audit.read(0, 100, { action: 'a.odd' })).toHaveLength(6)
    expect(await store.audit.read(0, 100, { subject: 's3' })).toHaveLength(1)
    expect(await store.audit.head()).toEqual({ size: 12, headHash: entries[11]?.hash })
  })

  test('[C2] requests without an answer are found once they are overdue, the longest first, until they end', async () => {
    const scene = await addScene(store)
    const later = { ...storedRequest({ deviceId: scene.device.id, ticketId: scene.ticket.id }), answerBy: AFTER_LATER }
    await store.consent.create(later, logDraft(scene.ticket.id, 'consent.requested', {}))
    const overdue = async (before: string, limit = 10) =>
      (await store.consent.unanswered(before, limit)).map(({ id }) => id)
    expect(await overdue(LATER)).toEqual([])
    expect(await overdue(AFTER_LATER)).toEqual([scene.request.id])
    expect(await overdue('2999-01-01T00:00:00.000Z')).toEqual([scene.request.id, later.id])
    expect(await overdue('2999-01-01T00:00:00.000Z', 1)).toEqual([scene.request.id])
    await store.consent.advance(scene.request.id, 'withdrawn', 'expired', null)
    expect(await overdue('2999-01-01T00:00:00.000Z')).toEqual([later.id])
  })

  test('[C2] a request that only waited too long takes the answer that the device signed', async () => {
    const scene = await addScene(store)
    await store.consent.advance(scene.request.id, 'withdrawn', 'expired', null)
    const { request } = await store.consent.recordReceipt({
      id: scene.request.id,
      receiptId: freshId('rcp'),
      jws: 'a.b.c',
      state: 'no-answer',
      stateReason: null,
      grant: null,
      log: logDraft(scene.ticket.id, 'consent.receipt', {}),
    })
    expect(request).toMatchObject({ state: 'no-answer', stateReason: null })
  })

  test('a request goes forward only, and rejected or withdrawn is the end', async () => {
    const { request, ticket, device } = await addScene(store)
    expect(await store.consent.get(request.id)).toEqual(request)
    expect(await store.consent.advance(request.id, 'shown', null, null)).toMatchObject({ state: 'shown' })
    expect(await store.consent.advance(request.id, 'received', null, null)).toBeNull()
    const withdraw = () =>
      store.consent.advance(request.id, 'withdrawn', 'solved', logDraft(ticket.id, 'consent.withdrawn', {}))
    const outcomes = await Promise.all([withdraw(), withdraw()])
    expect(outcomes.filter((outcome) => outcome !== null)).toHaveLength(1)
    expect((await store.log.head(ticket.id)).size).toBe(3)
    expect((await store.consent.openForDevice(device.id)).map(({ state }) => state)).toEqual(['withdrawn'])
    expect((await store.consent.listForTicket(ticket.id)).map(({ id }) => id)).toEqual([request.id])
  })

  test('a receipt is recorded once; the same again is known, another is too late', async () => {
    const scene = await addScene(store)
    const grant = grantFor(scene)
    const receipt = {
      id: scene.request.id,
      receiptId: freshId('rcp'),
      jws: 'a.b.c',
      state: 'given' as const,
      stateReason: null,
      grant,
    }
    const record = (changes = {}) =>
      store.consent.recordReceipt({ ...receipt, ...changes, log: logDraft(scene.ticket.id, 'consent.receipt', {}) })
    const outcomes = await Promise.all([record(), record()])
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['known', 'recorded'])
    expect(await record({ receiptId: freshId('rcp') })).toMatchObject({ outcome: 'closed' })
    expect(await store.consent.byGrant(grant.grantId)).toMatchObject({
      id: scene.request.id,
      state: 'given',
      grant,
      jws: 'a.b.c',
      grantEndedAt: null,
    })
    expect((await store.log.head(scene.ticket.id)).size).toBe(3)
    expect(await store.consent.openForDevice(scene.device.id)).toEqual([])
  })

  test('an answer that crosses a withdrawal is kept, and its grant has ended', async () => {
    const scene = await addScene(store)
    await store.consent.advance(scene.request.id, 'withdrawn', 'solved', null)
    const grant = grantFor(scene)
    const log = logDraft(scene.ticket.id, 'consent.receipt', {})
    const given = {
      id: scene.request.id,
      receiptId: freshId('rcp'),
      jws: 'a.b.c',
      state: 'given' as const,
      stateReason: null,
      grant,
      log,
    }
    const { outcome, request } = await store.consent.recordReceipt(given)
    expect(outcome).toBe('recorded')
    expect(request).toMatchObject({ grantEndedAt: AT, grantEndReason: 'withdrawn', jws: 'a.b.c' })
  })

  test('a grant ends once', async () => {
    const scene = await addScene(store)
    const grant = grantFor(scene)
    const log = logDraft(scene.ticket.id, 'consent.receipt', {})
    await store.consent.recordReceipt({
      id: scene.request.id,
      receiptId: freshId('rcp'),
      jws: 'j',
      state: 'given',
      stateReason: null,
      grant,
      log,
    })
    const end = () =>
      store.consent.endGrant(grant.grantId, {
        at: LATER,
        reason: 'revoked',
        log: logDraft(scene.ticket.id, 'consent.revoked', {}),
      })
    expect((await Promise.all([end(), end(), end()])).filter(Boolean)).toHaveLength(1)
    expect(await store.consent.byGrant(grant.grantId)).toMatchObject({ grantEndedAt: LATER, grantEndReason: 'revoked' })
    expect((await store.log.head(scene.ticket.id)).size).toBe(4)
  })

  test('the same finding is added and logged once', async () => {
    const ticket = await addTicket(store)
    const add = async (...subjects: string[]) => {
      const findings = subjects.map((subject) => finding(ticket.id, subject))
      const drafts = findings.map(({ id }) => logDraft(ticket.id, 'finding.added', { id }))
      return await store.findings.add(findings, drafts)
    }
    expect(await add('C:', 'D:')).toHaveLength(2)
    const again = await add('D:', 'E:')
    expect(again.map(({ content }) => content.subject)).toEqual(['E:'])
    const [first] = await store.findings.listForTicket(ticket.id)
    expect((await store.log.head(ticket.id)).size).toBe(4)
    const judged = await store.findings.judge(
      first?.id ?? freshId('fnd'),
      'confirmed',
      freshId('usr'),
      'seen it',
      logDraft(ticket.id, 'finding.judged', {}),
    )
    expect(judged).toMatchObject({ state: 'confirmed', reason: 'seen it' })
    expect(await store.findings.judge(freshId('fnd'), 'dismissed', freshId('usr'), 'x', logDraft(ticket.id))).toBeNull()
  })
})
