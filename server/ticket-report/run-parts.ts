import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { Run } from '../store/entities.ts'
import type { EditionView } from './edition-view.ts'
import type { Block, Fact } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { codeText, lengthText, rowsText, runStateText, timeText } from './report-words.ts'

/** What was read, how completely, and what the device took out before: one part for each run. */
export function runParts({ runs }: ReportInput, view: EditionView): readonly Block[] {
  return runs
    .filter(({ deviceId }) => view.showsDevice(deviceId))
    .map((run) => ({
      kind: 'part',
      title: `${view.collector(run.collector)} on ${view.device(run.deviceId)}`,
      blocks: [{ kind: 'facts', facts: factsOf(run, view) }],
    }))
}

function factsOf(run: Run, view: EditionView): readonly Fact[] {
  const { completeness } = run
  const refused = run.refusedCode === null ? '' : `: ${codeText(run.refusedCode)}`
  return [
    ['Ordered', `${timeText(run.orderedAt)}, by ${view.person(run.technicianId)}`],
    ['How complete', `${runStateText(run.state)}${refused}`],
    ['Rows', rowsText(completeness?.rows ?? run.rows)],
    ...(completeness === null ? [] : completenessFacts(completeness)),
    ...(run.withheld === null ? [] : [['Not shown', withheldText(run.withheld, view)] as const]),
  ]
}

function withheldText(reason: string, view: EditionView): string {
  return view.isInternal ? reason : 'The rows are shown to nobody, because they came damaged.'
}

function completenessFacts(record: Completeness): readonly Fact[] {
  const redacted = Object.entries(record.redactions).filter(([, count]) => count > 0)
  const failed = record.sources.filter(({ state }) => state !== 'ok').length
  return [
    ['Took', lengthText(Math.max(0, Date.parse(record.endedAt) - Date.parse(record.startedAt)))],
    ...(record.reason === undefined ? [] : [['Why not complete', record.reason] as const]),
    [
      'Replaced on the device',
      redacted.map(([kind, count]) => `${count.toLocaleString('en')} × ${kind}`).join(', ') || 'nothing',
    ],
    ...counts([
      ['Left out by the person', record.droppedInReview, 'rows'],
      ['Columns left out by the person', record.columnsDroppedInReview ?? 0, 'columns'],
      ['Left out for their form', record.invalidRows, 'rows'],
      ['Cut', record.cutFields, 'long texts'],
    ]),
    ...(failed === 0 ? [] : [['Sources', `${failed} of ${record.sources.length} could not be read whole`] as const]),
  ]
}

function counts(figures: readonly (readonly [name: string, count: number, of: string])[]): readonly Fact[] {
  return figures.flatMap(([name, count, of]) =>
    count === 0 ? [] : [[name, `${count.toLocaleString('en')} ${of}`] as const],
  )
}
