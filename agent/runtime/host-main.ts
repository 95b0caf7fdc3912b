import { COLLECTORS } from '../collectors/index.ts'
import { serveCollectors } from './serve-collectors.ts'

/** Entry of the collector host, the child process in which every collector runs. */
await serveCollectors(COLLECTORS)
