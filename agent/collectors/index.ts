import type { CatalogueEntry, Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { CollectorTranslation, ParameterTranslation } from '@askfirst/protocol/languages/language.ts'
import { translationsOf } from '../collector-words.ts'
import type { Collector } from '../runtime/define-collector.ts'
import { changeRecent } from './change-recent.ts'
import { deviceInfo } from './device-info.ts'
import { diskSpace } from './disk-space.ts'
import { eventlogQuery } from './eventlog-query.ts'
import { netConfig } from './net-config.ts'
import { processList } from './process-list.ts'
import { serviceList } from './service-list.ts'

const ALL = [deviceInfo, diskSpace, processList, serviceList, eventlogQuery, changeRecent, netConfig] as const

/** All that this agent can read, and nothing else. The order is that of the list a person sees. */
export const COLLECTORS: readonly Collector[] = ALL

/** What a language other than the collectors' own says of each of them and of each of its parameters. */
export type CollectorTranslations = {
  readonly [Each in (typeof ALL)[number] as Each['id']]: CollectorTranslation & {
    readonly params: Readonly<Record<keyof Each['params']['properties'], ParameterTranslation>>
  }
}

/**
 * What the agent announces to the server: texts, limits and the parameters as plain JSON Schema.
 *
 * @param isAvailable whether the local policy lets a collector run; one of another platform is never available
 */
export function catalogueEntries(
  collectors: readonly Collector[],
  platform: Platform,
  isAvailable: (id: string) => boolean,
): CatalogueEntry[] {
  return collectors.map((collector) => {
    const translations = translationsOf(collector.id)
    return {
      id: collector.id,
      version: collector.version,
      title: collector.title,
      tellUser: collector.tellUser,
      notRead: collector.notRead,
      categories: [...collector.categories],
      platforms: [...collector.platforms],
      privilege: collector.privilege,
      available: collector.platforms.includes(platform) && isAvailable(collector.id),
      params: plainSchema(collector.params),
      limits: { ...collector.limits },
      typicalBytes: collector.typicalBytes,
      ...(translations === undefined ? {} : { translations }),
    }
  })
}

/** The schema without what only the validator in this process needs: symbols and functions do not survive JSON. */
function plainSchema(schema: Collector['params']): Record<string, unknown> {
  return JSON.parse(JSON.stringify(schema))
}
