import { serveCollectors } from '@askfirst/agent/runtime/serve-collectors.ts'
import { EVIL_COLLECTORS } from './canary.ts'

/** Entry of a collector host with the marked collectors and all others that tests run. */
await serveCollectors(EVIL_COLLECTORS)
