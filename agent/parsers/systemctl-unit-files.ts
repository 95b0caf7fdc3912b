import type { ServiceRow } from '@askfirst/protocol/results/service-list.ts'
import { knownFields } from './known-fields.ts'
import type { ParseTally } from './parse-tally.ts'
import { startModeOfFile } from './systemctl-show.ts'

const UNIT_LINE = /^(\S{1,256}\.[a-z]+)\s+([a-z-]+)(?:\s+(?:[a-z-]+|-))?\s*$/

/**
 * Services out of `systemctl list-unit-files`: name and state of the file, whether loaded or not. A unit that stands
 * only here is not loaded, which for systemd means that it is stopped. Heading and summary lines are passed over.
 */
export function unitFileRows(lines: Iterable<string>, tally: ParseTally): readonly ServiceRow[] {
  const rows: ServiceRow[] = []
  for (const line of lines) {
    const [, name, state] = UNIT_LINE.exec(line) ?? []
    if (name === undefined) {
      if (!isFrame(line)) tally.unparsed += 1
      continue
    }
    if (!name.endsWith('.service')) continue
    tally.rows += 1
    rows.push(
      knownFields<ServiceRow>({
        name,
        state: 'stopped',
        stateDetail: `not loaded (${state})`,
        startMode: startModeOfFile(state),
        source: 'systemd',
      }),
    )
  }
  return rows
}

function isFrame(line: string): boolean {
  return line.trim() === '' || line.startsWith('UNIT FILE') || /^\d+ unit files listed\.$/.test(line)
}
