import { defineConfig } from 'vitest/config'

/** Two groups: `fast` runs in parallel; `real` starts real processes and sockets and runs one file at a time. */
export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    projects: [
      {
        extends: true,
        test: {
          name: 'fast',
          include: ['tests/{unit,contract,guard,corpus}/**/*.test.ts'],
          pool: 'threads',
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'real',
          include: ['tests/{integration,hostile,compat,e2e}/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
