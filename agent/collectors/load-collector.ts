import type { Collector } from '../runtime/define-collector.ts'

/** The collectors of index.ts one by one: a collector host reads only the code of what it may run. */
const LOADERS: Readonly<Record<string, () => Promise<Collector>>> = {
  'device.info': async () => (await import('./device-info.ts')).deviceInfo,
  'disk.space': async () => (await import('./disk-space.ts')).diskSpace,
  'process.list': async () => (await import('./process-list.ts')).processList,
  'service.list': async () => (await import('./service-list.ts')).serviceList,
  'eventlog.query': async () => (await import('./eventlog-query.ts')).eventlogQuery,
  'change.recent': async () => (await import('./change-recent.ts')).changeRecent,
  'net.config': async () => (await import('./net-config.ts')).netConfig,
}

/** Loads one collector; null when there is none of that name. */
export async function loadCollector(id: string): Promise<Collector | null> {
  const load = Object.hasOwn(LOADERS, id) ? LOADERS[id] : undefined
  return load === undefined ? null : await load()
}
