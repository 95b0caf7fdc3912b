import { noticeText } from '@askfirst/protocol/notice/notice-text.ts'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ANN, BookOnDisk, id, sha256 } from './consent-fixture.ts'

let disk: BookOnDisk
beforeEach(() => {
  disk = new BookOnDisk()
})
afterEach(() => disk.dispose())

const lifted = (reportId: Awaited<ReturnType<BookOnDisk['book']['report']>>) => ({
  type: 'report.cleared' as const,
  reportId,
  at: '2026-11-16T11:00:00.000Z',
  by: 'Lea Lead',
  reason: 'We called the person; the request was ours.',
})

describe('[C19] the answer names what was shown', () => {
  it('in the language and by the way in which it was asked', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    const shown = await disk.book.show(request.requestId, 'de')
    expect(shown.text).toContain('Nichts wird gelesen, wenn Sie nicht Ja sagen.')
    expect(shown.text).toBe(noticeText(shown.notice))
    const by = { osUser: 'ann', method: 'page' } as const
    const answer = { state: 'given', textSha256: shown.textSha256 } as const
    await expect(disk.book.answer(request.requestId, answer, by)).rejects.toMatchObject({ code: 'CONFLICT' })
    const record = await disk.book.answer(request.requestId, { ...answer, language: 'de' }, by)
    expect(record.processing.notice).toMatchObject({ language: 'de', textSha256: sha256(shown.text) })
    expect(record.decision.method).toBe('page')
    expect(record.processing.withdrawalMethod).toContain('jederzeit')
  })
})

describe('[C20] a report as suspicious', () => {
  it('is a no, ends what the technician was allowed, refuses what else they asked, and blocks them', async () => {
    const first = disk.request()
    const grant = await disk.allow(first)
    const other = disk.request({ technician: { ...first.technician, id: id('usr') } })
    const otherGrant = await disk.allow(other)
    const again = disk.request({ technician: first.technician })
    const third = disk.request({ technician: first.technician })
    for (const request of [again, third]) await disk.book.receive(request)
    const reportId = await disk.book.report(again.requestId, ANN, { reason: 'They did not know the match code' })

    expect(disk.heard.ended).toEqual([`${grant.grantId} revoked`])
    expect(disk.book.isActive(otherGrant.grantId)).toBe(true)
    expect(disk.book.pending()).toEqual([])
    const [jws = ''] = disk.heard.reports
    const record = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'))
    expect(record).toMatchObject({ reportId, requestId: again.requestId, technicianId: first.technician.id })
    expect(record.reason).toBe('They did not know the match code')
    const next = disk.request({ technician: first.technician })
    expect(await disk.book.receive(next)).toMatchObject({ ok: false, code: 'TECHNICIAN_REPORTED' })
    expect(await disk.book.receive(disk.request({ technician: other.technician }))).toEqual({ ok: true })
  })

  it('holds after a restart, and is sent until the server has recorded it', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    await disk.book.report(request.requestId, ANN)
    disk.restart()
    expect(await disk.book.receive(disk.request({ technician: request.technician }))).toMatchObject({ ok: false })
    const waiting = disk.book.unsent().filter(({ kind }) => kind === 'report')
    expect(waiting).toHaveLength(1)
    await disk.book.recorded(waiting[0]?.sha256 ?? '', 'recorded')
    expect(disk.book.unsent().some(({ kind }) => kind === 'report')).toBe(false)
    expect(await disk.book.receive(disk.request({ technician: request.technician }))).toMatchObject({ ok: false })
  })
})

describe('[C21] a block that a lead lifted', () => {
  it('is told on its own and in the next notice, and allows nothing by itself', async () => {
    const request = disk.request()
    const grant = await disk.allow(request)
    const reportId = await disk.book.report(request.requestId, ANN)
    await disk.book.cleared(lifted(reportId))
    expect(disk.book.reports()).toMatchObject([{ reportId, cleared: { by: 'Lea Lead', told: false } }])
    expect(disk.book.isActive(grant.grantId)).toBe(false)
    expect(disk.history.entries().map(({ kind }) => kind)).toContain('report.cleared')

    const next = disk.request({ technician: request.technician })
    expect(await disk.book.receive(next)).toEqual({ ok: true })
    const { text } = await disk.book.show(next.requestId)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('the block was lifted, as the server says by “Lea Lead”')
    await disk.book.toldCleared(reportId)
    expect(disk.book.reports()).toMatchObject([{ cleared: { told: true } }])
    expect((await disk.book.show(next.requestId)).text).toBe(text)
  })

  it('cannot be one that this device does not know, nor be lifted twice with other words', async () => {
    const request = disk.request()
    await disk.book.receive(request)
    const reportId = await disk.book.report(request.requestId, ANN)
    await disk.book.cleared(lifted(id('rep')))
    expect(await disk.book.receive(disk.request({ technician: request.technician }))).toMatchObject({ ok: false })
    await disk.book.cleared(lifted(reportId))
    await disk.book.cleared({ ...lifted(reportId), by: 'Someone Else' })
    expect(disk.book.reports()).toMatchObject([{ cleared: { by: 'Lea Lead' } }])
  })
})
