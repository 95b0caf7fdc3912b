import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { SCREENS_SOURCE, systemInformationFacts } from '../../platform/system-information.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'

/** Screens by the package systeminformation, with a source record as any other source has. */
export async function screenFacts(ctx: CollectorContext): Promise<readonly DeviceFact[]> {
  try {
    const facts = await systemInformationFacts(ctx.signal)
    ctx.noteSource({ source: SCREENS_SOURCE, kind: 'api', state: 'ok' })
    return facts
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.noteSource({ source: SCREENS_SOURCE, kind: 'api', state: error.problem, detail: error.message })
    ctx.partial(error)
    return []
  }
}
