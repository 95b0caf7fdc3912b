import { serveCollectors } from '@askfirst/agent/runtime/serve-collectors.ts'
import { TEST_COLLECTORS } from './index.ts'

/** Entry of a collector host with the test collectors: pass its URL as `hostEntry`. */
await serveCollectors(TEST_COLLECTORS)
