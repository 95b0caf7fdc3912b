import { describe, expect, it } from 'vitest'
import { RULES } from '../../../../server/analysis/rules/index.ts'
import { TicketAnalysis } from '../../../../server/findings/ticket-analysis.ts'
import { kernelLine } from '../../../support/analysed.ts'

const run = (collector: string) => ({
  id: `run_${collector}`,
  collector,
  params: {},
  orderedAt: '2026-11-22T08:00:00.000Z',
})
const end = (rows: number, state = 'complete') => ({ state, endedAt: '2026-11-22T08:01:00.000Z', rows })
const oom = kernelLine('Out of memory: Killed process 42 (java)')
const busy = { pid: 77, name: 'miner', cpuPercent: 99 }

describe('the rows of a ticket under analysis', () => {
  it('pass over rows of another shape than the collector gives', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    const strange = [{}, { message: 7 }, { provider: null, eventId: 'x' }, 'text', null]
    expect(analysis.addRows(run('eventlog.query'), 0, strange)).toBe('passed-over')
    expect(analysis.addRows(run('eventlog.query'), 5, [oom])).toBe('selected')
  })

  it('show a finding as soon as its row was seen, while the run is still on', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    expect(analysis.addRows(run('eventlog.query'), 0, [oom])).toBe('selected')
    const found = analysis.evaluate(0).find(({ rule }) => rule === 'mem.oom')
    expect(found).toMatchObject({ state: 'finding', visible: true })
    expect(found?.findings[0]?.evidence[0]).toMatchObject({ runId: 'run_eventlog.query', rows: [0], totalRows: 1 })
  })

  it('hold back a finding that another rule may yet explain until all runs have ended', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    analysis.addRows(run('eventlog.query'), 0, [kernelLine('blk_update_request: I/O error, dev sda, sector 1')])
    expect(analysis.evaluate(0).find(({ rule }) => rule === 'kernel.io')).toMatchObject({
      state: 'finding',
      visible: false,
    })
    expect(analysis.endRun(run('eventlog.query'), end(1))).toBe(true)
    expect(analysis.evaluate(1).find(({ rule }) => rule === 'kernel.io')?.visible).toBe(true)
  })

  it('hide for good what another finding explains', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    analysis.addRows(run('eventlog.query'), 0, [
      kernelLine('blk_update_request: I/O error, dev sda, sector 1'),
      kernelLine('blk_update_request: critical medium error, dev sda, sector 1'),
    ])
    analysis.endRun(run('eventlog.query'), end(2))
    const results = analysis.evaluate(0)
    expect(results.find(({ rule }) => rule === 'kernel.io')).toMatchObject({
      explainedBy: 'disk.badblock',
      visible: false,
    })
    expect(results.find(({ rule }) => rule === 'disk.badblock')?.visible).toBe(true)
  })

  it('join rows that came in pieces, with their numbers in the run', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    analysis.addRows(run('eventlog.query'), 0, [kernelLine('quiet'), oom])
    expect(analysis.addRows(run('eventlog.query'), 2, [kernelLine('quiet'), oom])).toBe('selected')
    expect(analysis.evaluate(0).find(({ rule }) => rule === 'mem.oom')?.findings[0]?.evidence[0]?.rows).toEqual([1, 3])
  })

  it('say when rows of a run are missing, so that they are read again from the store', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    expect(analysis.addRows(run('eventlog.query'), 5, [oom])).toBe('gap')
    expect(analysis.endRun(run('eventlog.query'), end(6))).toBe(false)
  })

  it('let a finding that must hold for a time appear only then', () => {
    const analysis = new TicketAnalysis(RULES, 'linux')
    analysis.addRows(run('process.list'), 0, [busy])
    analysis.endRun(run('process.list'), end(1))
    analysis.addRows(run('eventlog.query'), 0, [])
    const visibleAt = (ms: number) => analysis.evaluate(ms).find(({ rule }) => rule === 'cpu.hog')?.visible
    expect([visibleAt(0), visibleAt(9_999)]).toEqual([false, false])
    analysis.endRun(run('eventlog.query'), end(0))
    expect(visibleAt(10_000)).toBe(true)
  })
})
