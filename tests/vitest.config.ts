import { defineConfig } from 'vitest/config'
import { BaseSequencer } from 'vitest/node'

const ROOT = new URL('..', import.meta.url).pathname
/** Files with real processes at a time: two fill two processors, and more would make all of them slower than their bounds. */
const SIDE_BY_SIDE = 2
/**
 * Files that hold time or memory to a bound which another file's load could break, or that need the whole machine to
 * reach their end in time: nothing else runs beside them.
 */
const ALONE = [
  'tests/e2e/pages-rows-live.test.ts',
  'tests/e2e/three-people.test.ts',
  'tests/hostile/evil-agent-content.test.ts',
  'tests/hostile/evil-agent-flood.test.ts',
  'tests/integration/bench-smoke.test.ts',
  'tests/integration/companion.test.ts',
]
/** The longest files, longest first: one that began last would run on while the other half of the machine stands still. */
const LONGEST = [
  'tests/integration/kill.test.ts',
  'tests/e2e/help-pages.test.ts',
  'tests/e2e/pages-person.test.ts',
  'tests/e2e/pages-admin.test.ts',
  'tests/e2e/pages-rows-views.test.ts',
  'tests/integration/resilience.test.ts',
  'tests/e2e/pages-queue.test.ts',
  'tests/e2e/pages-ticket.test.ts',
  'tests/e2e/pages-sign-in.test.ts',
  'tests/e2e/pages-first-start.test.ts',
  'tests/e2e/pages-sturdy.test.ts',
]

/** Vitest's own order, with the longest files before all others. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Parameters<BaseSequencer['sort']>[0]): ReturnType<BaseSequencer['sort']> {
    const rank = (path: string) => {
      const at = LONGEST.findIndex((file) => path.endsWith(file))
      return at === -1 ? LONGEST.length : at
    }
    return (await super.sort(files)).toSorted((one, other) => rank(one.moduleId) - rank(other.moduleId))
  }
}

/**
 * Three groups, one after the other: `fast` runs in threads; `real` starts real processes and sockets, two files at a
 * time; `alone` does so as well, one file at a time.
 */
export default defineConfig({
  test: {
    root: ROOT,
    globalSetup: 'tests/support/bundled-store-thread.ts',
    sequence: { sequencer: LongestFirst },
    // Hundreds of processes and threads load the same modules; each compiles only what none has compiled before.
    env: { NODE_COMPILE_CACHE: `${ROOT}node_modules/.cache/askfirst-tests` },
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,guard,corpus}/**/*.test.ts'],
          pool: 'threads',
          maxWorkers: '100%',
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          globalSetup: 'tests/support/bundled-programs.ts',
          include: ['tests/{integration,hostile,compat,e2e}/**/*.test.ts'],
          exclude: ALONE,
          pool: 'forks',
          maxWorkers: SIDE_BY_SIDE,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          globalSetup: 'tests/support/bundled-programs.ts',
          include: ALONE,
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
