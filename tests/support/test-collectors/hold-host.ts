import { startCollectorHost } from '@askfirst/agent/runtime/collector-host.ts'
import { makeId } from '@askfirst/protocol/ids.ts'

/** An agent that starts a run with a stubborn program and prints its process ids, until it is killed. */
const host = startCollectorHost({ hostEntry: new URL('./host-main.ts', import.meta.url) })
const runId = makeId('run', 1, new Uint8Array(10))
const ticketKey = new Uint8Array(32)
const run = host.run({ runId, collector: 'test.stubbornchild', params: {}, ticketKey, personalData: 'keep' })
for await (const frame of run.frames) process.stdout.write(`${Buffer.from(frame.body).toString('base64')}\n`)
