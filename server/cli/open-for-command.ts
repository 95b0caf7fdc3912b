import { mkdir } from 'node:fs/promises'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import type { ServerConfig } from '../config.ts'
import { storeOptions } from '../places.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'

/** Who the audit log names for what was done on the server's command line. */
export const CLI_ACTOR: Actor = { kind: 'system', id: 'cli', name: 'askfirst-server on the command line' }

/** Opens the store of a configuration, works on it and closes it; a running server may use it at the same time. */
export async function withStore<Result>(
  config: ServerConfig,
  work: (store: Store) => Promise<Result>,
): Promise<Result> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const store = await openStore(storeOptions(config))
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
