import { join } from 'node:path'
import type { ServerConfig } from './config.ts'
import type { StoreOptions } from './store/open-store.ts'

/** Name in the authority's certificate; agents pin the certificate, not the name. */
export const AUTHORITY_NAME = 'AskFirst'

/** Directory of keys and certificates inside the data directory, 0700. */
export function keysDirectory({ dataDir }: Pick<ServerConfig, 'dataDir'>): string {
  return join(dataDir, 'keys')
}

/**
 * Which store a configuration means.
 *
 * @param thread program of the embedded store's threads, when it is not the one beside the store's code
 */
export function storeOptions({ store, dataDir }: Pick<ServerConfig, 'store' | 'dataDir'>, thread?: URL): StoreOptions {
  if (store !== 'sqlite') return { kind: 'postgres', url: store }
  return { kind: 'sqlite', file: join(dataDir, 'store.sqlite'), ...(thread === undefined ? {} : { thread }) }
}
