import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { withDefaults } from '@askfirst/protocol/with-defaults.ts'
import { paramsProblem, safeParamsSchema } from '../consent/safe-params-schema.ts'
import type { DeviceService } from '../devices/device-service.ts'
import { PLAYBOOKS } from './index.ts'
import type { Playbook, PlaybookCollector } from './playbook.ts'

/** A playbook as one device can play it. */
export interface OfferedPlaybook extends Playbook {
  /** Collectors of the playbook that the device does not offer. */
  readonly missing: readonly string[]
}

export type PlaybookService = ReturnType<typeof createPlaybookService>

/** The playbooks, whole or as far as a device's catalogue goes. */
export function createPlaybookService({ devices }: { readonly devices: Pick<DeviceService, 'detail'> }) {
  return {
    all: (): readonly OfferedPlaybook[] => PLAYBOOKS.map((playbook) => ({ ...playbook, missing: [] })),

    /** Those of which the device offers something, cut to what it offers. @throws AskFirstError NOT_FOUND */
    async forDevice(id: DeviceId): Promise<readonly OfferedPlaybook[]> {
      const { catalogue } = await devices.detail(id)
      const entries = new Map((catalogue ?? []).filter(({ available }) => available).map((entry) => [entry.id, entry]))
      return PLAYBOOKS.map((playbook) => offered(playbook, entries)).filter(({ collectors }) => collectors.length > 0)
    },
  }
}

function offered(playbook: Playbook, entries: ReadonlyMap<string, CatalogueEntry>): OfferedPlaybook {
  const collectors: PlaybookCollector[] = []
  const missing: string[] = []
  for (const wanted of playbook.collectors) {
    const entry = entries.get(wanted.id)
    if (entry === undefined) missing.push(wanted.id)
    else collectors.push({ ...wanted, params: fittingParams(entry, wanted.params) })
  }
  return { ...playbook, collectors, missing }
}

/** The parameters that this agent's version of the collector takes; its own defaults where they do not fit. */
function fittingParams(entry: CatalogueEntry, params: PlaybookCollector['params']): PlaybookCollector['params'] {
  const schema = safeParamsSchema(entry.params)
  const known = Object.entries(params).filter(([name]) => Object.hasOwn(schema.properties, name))
  const fitting = Object.fromEntries(known)
  return paramsProblem(schema, withDefaults(schema, fitting)) === null ? fitting : {}
}
