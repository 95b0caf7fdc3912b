import type { CatalogueEntry, Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { PolicyReading } from '../policy/local-policy.ts'
import type { Collector } from '../runtime/define-collector.ts'

/** The catalogue as this agent announces it: every collector in its own words, and whether it can run here now. */
export function buildCatalogue(collectors: readonly Collector[], platform: Platform, policy: PolicyReading): CatalogueEntry[] {
  return collectors.map((collector) => ({
    id: collector.id,
    version: collector.version,
    title: collector.title,
    tellUser: collector.tellUser,
    notRead: collector.notRead,
    categories: [...collector.categories],
    platforms: [...collector.platforms],
    privilege: collector.privilege,
    available: collector.platforms.includes(platform) && policy.ok && policy.policy.collectorsOff?.includes(collector.id) !== true,
    // The round trip leaves plain JSON Schema: typebox keeps symbols on its schemas.
    params: JSON.parse(JSON.stringify(collector.params)) as CatalogueEntry['params'],
    limits: { ...collector.limits },
    typicalBytes: collector.typicalBytes,
  }))
}
