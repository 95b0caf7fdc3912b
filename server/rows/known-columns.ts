import { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { EventRow } from '@askfirst/protocol/results/eventlog-query.ts'
import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import { ServiceRow } from '@askfirst/protocol/results/service-list.ts'

const COLUMNS: Readonly<Record<string, readonly string[]>> = {
  'change.recent': Object.keys(ChangeRow.properties),
  'device.info': Object.keys(DeviceFact.properties),
  'disk.space': Object.keys(Volume.properties),
  'eventlog.query': Object.keys(EventRow.properties),
  'net.config': Object.keys(NetRow.properties),
  'process.list': Object.keys(ProcessRow.properties),
  'service.list': Object.keys(ServiceRow.properties),
}

/** The fields that rows of a collector can have, in their order; null for one that this server does not know. */
export function knownColumns(collector: string): readonly string[] | null {
  return COLUMNS[collector] ?? null
}
