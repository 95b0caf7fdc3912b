import type { Lab } from '../lab.ts'
import { agentProcess } from './agent-process.ts'
import { burst } from './burst.ts'
import { connects } from './connects.ts'
import { devicePicture } from './device-picture.ts'
import { firstRow } from './first-row.ts'
import { idleMemory } from './idle-memory.ts'
import { ingest } from './ingest.ts'
import { pages } from './pages.ts'

/** All parts, in the order in which they run. Each gives plain figures; README.md says what they mean. */
export const PARTS: Readonly<Record<string, (lab: Lab) => Promise<unknown>>> = {
  idleMemory,
  connects,
  ingest,
  firstRow,
  burst,
  agentProcess,
  devicePicture,
  pages,
}
