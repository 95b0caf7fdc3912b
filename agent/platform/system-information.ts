import type { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import type { Systeminformation } from 'systeminformation'
import { FactList } from '../parsers/device-facts.ts'
import { SourceError } from '../runtime/collector-context.ts'

export const SCREENS_SOURCE = 'systeminformation graphics'
const TIMEOUT_MS = 20_000

/**
 * Screens by the package systeminformation: Windows and macOS have no one structured source for them. Only this call is
 * used, because its commands are constant texts; others of the package put names into shell texts that a stranger nearby
 * can choose. It runs only in the collector host, which is killed with all it started.
 *
 * @throws SourceError `timeout` or `failed`
 */
export async function systemInformationFacts(signal: AbortSignal): Promise<readonly DeviceFact[]> {
  const { graphics } = await import('systeminformation')
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  const stopped = new Promise<never>((_resolve, reject) => {
    limit.addEventListener(
      'abort',
      () => reject(new SourceError('timeout', SCREENS_SOURCE, 'The screens were not read in time.')),
      { once: true },
    )
  })
  try {
    return displayFacts(await Promise.race([graphics(), stopped]))
  } catch (error) {
    if (error instanceof SourceError) throw error
    throw new SourceError('failed', SCREENS_SOURCE, 'The screens could not be read.', { cause: error })
  }
}

/** Facts about each screen. The package says 0, null or an empty text for what it does not know. */
function displayFacts(read: Partial<Systeminformation.GraphicsData>): readonly DeviceFact[] {
  return (read.displays ?? []).flatMap(
    (display, at) =>
      new FactList('graphics', SCREENS_SOURCE, `screen ${at + 1}`)
        .text('model', display.model)
        .text('vendor', display.vendor)
        .text('connection', display.connection)
        .personal('serialNumber', 'serialNumber', display.serial)
        .flag('main', display.main)
        .flag('builtIn', display.builtin)
        .number('width', known(display.currentResX), 'count')
        .number('height', known(display.currentResY), 'count')
        .number('bestWidth', known(display.resolutionX), 'count')
        .number('bestHeight', known(display.resolutionY), 'count')
        .number('refreshRate', known(display.currentRefreshRate))
        .number('colourDepth', known(display.pixelDepth), 'bits').rows,
  )
}

function known(value: number | null | undefined): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined
}
