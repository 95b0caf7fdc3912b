import { openStore } from '@askfirst/server/store/open-store.ts'
import { addRun, addScene, chunk } from './store-records.ts'

/**
 * A process that stores chunks of four runs as fast as it can and tells each acknowledgement, until it is killed.
 * Its one argument is the store's file; it ends by itself after 20,000 chunks.
 */
const store = await openStore({ kind: 'sqlite', file: process.argv[2] ?? '' })
const scene = await addScene(store)
const runs = await Promise.all([1, 2, 3, 4].map(() => addRun(store, scene)))
await Promise.all(
  runs.map(async (run) => {
    for (let seq = 0; seq < 5_000; seq += 1) {
      const [outcome] = await store.runs.appendChunks([chunk(run, seq)])
      if (outcome?.outcome === 'stored') process.stdout.write(`${run.id} ${seq}\n`)
    }
  }),
)
await store.close()
