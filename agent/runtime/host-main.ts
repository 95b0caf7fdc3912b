import { loadCollector } from '../collectors/load-collector.ts'
import { serveLoaded } from './serve-collectors.ts'

/** Entry of the collector host, the child process in which every collector runs. */
await serveLoaded(loadCollector)
