import type { Completeness } from '@askfirst/protocol/completeness.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { ERRORS } from '@askfirst/protocol/errors.ts'
import type { RunState } from '../../api/runs.ts'
import type { Tone } from '../../ui/badge.tsx'
import { counted, lengthText } from '../../ui/words.tsx'

const STATES: Readonly<Record<RunState, { readonly word: string; readonly tone: Tone }>> = {
  ordered: { word: 'Ordered', tone: 'plain' },
  accepted: { word: 'Collecting', tone: 'accent' },
  review: { word: 'The person looks first', tone: 'warn' },
  refused: { word: 'Refused by the device', tone: 'bad' },
  complete: { word: 'Complete', tone: 'good' },
  truncated: { word: 'Cut at a limit', tone: 'warn' },
  timeout: { word: 'Ran out of time', tone: 'warn' },
  denied: { word: 'Not permitted there', tone: 'warn' },
  unsupported: { word: 'Not available there', tone: 'plain' },
  cancelled: { word: 'Stopped', tone: 'plain' },
  error: { word: 'Failed', tone: 'bad' },
}

export function runWord(state: RunState): string {
  return STATES[state].word
}

export function runTone(state: RunState): Tone {
  return STATES[state].tone
}

/** Whether a run may still send rows. */
export function isOpenRun(state: RunState): boolean {
  return state === 'ordered' || state === 'accepted' || state === 'review'
}

/** The text of the error table for a code; the code itself where this page does not know it. */
export function codeText(code: string): string {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].text : code // Just checked.
}

/** How complete a run's rows are, in plain words; one line each. */
export function completenessLines(record: Completeness): readonly string[] {
  const lines = [record.state === 'complete' ? 'All there was to read was read.' : (record.reason ?? '')]
  const redacted = Object.values(record.redactions).reduce((sum, count) => sum + count, 0)
  if (redacted > 0)
    lines.push(
      `${redacted.toLocaleString('en')} ${redacted === 1 ? 'secret or name' : 'secrets or names'} replaced on the device.`,
    )
  if (record.droppedInReview > 0) lines.push(`The person left out ${counted(record.droppedInReview, 'row')}.`)
  if (record.invalidRows > 0) lines.push(`${counted(record.invalidRows, 'row')} had the wrong form and were left out.`)
  if (record.cutFields > 0) lines.push(`${counted(record.cutFields, 'long text')} cut.`)
  const failed = record.sources.filter(({ state }) => state !== 'ok')
  if (failed.length > 0)
    lines.push(`${failed.length} of ${counted(record.sources.length, 'source')} could not be read whole.`)
  return lines.filter((line) => line !== '')
}

/** "240 rows in 3 seconds". */
export function rowsAndTime(rows: number, record: Completeness | null): string {
  const count = counted(rows, 'row')
  if (record === null) return count
  return `${count} in ${lengthText(Math.max(0, Date.parse(record.endedAt) - Date.parse(record.startedAt)))}`
}
