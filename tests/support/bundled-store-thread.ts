import { pathToFileURL } from 'node:url'
import { build } from 'rolldown'
import { ROOT } from './repository.ts'

const FILE = `${ROOT}node_modules/.cache/askfirst-tests/store-thread.js`

/**
 * The store's threads as one file. Hundreds of tests open a store of their own, with two threads each; to read the six
 * hundred files of the threads' program anew each time took more time than the tests.
 */
export const BUNDLED_STORE_THREAD = pathToFileURL(FILE)

/** Run by the test runner once, before all tests. */
export async function setup(): Promise<void> {
  await build({
    cwd: ROOT,
    input: 'server/store/sqlite/store-thread.ts',
    platform: 'node',
    logLevel: 'warn',
    output: { file: FILE, format: 'esm', codeSplitting: false },
  })
}
