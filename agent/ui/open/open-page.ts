import { existsSync } from 'node:fs'
import type { DesktopSession } from '../config.ts'
import { waysToOpen } from './browsers.ts'
import { linkFile } from './hand-over.ts'
import type { ProgramStarter } from './start-program.ts'

/** A browser that has not loaded the page by then is not there. */
const LOAD_MS = 10_000

/** Opens a page in the person's browser. Resolves to whether it was loaded. */
export async function openInBrowser(
  session: DesktopSession,
  starter: ProgramStarter,
  makeLink: (used: () => void) => string,
): Promise<boolean> {
  if (!session.hasScreen) return false
  const loading = Promise.withResolvers<void>()
  let isLoaded = false
  const link = makeLink(() => {
    isLoaded = true
    loading.resolve()
  })
  const handedOver = linkFile(session.runtimeDir, link)
  try {
    for (const way of waysToOpen(handedOver.file, session, existsSync)) {
      if (!(await starter.start(way))) continue
      await Promise.race([loading.promise, new Promise<void>((resolve) => setTimeout(resolve, LOAD_MS).unref())])
      if (isLoaded) return true
    }
    return isLoaded
  } finally {
    handedOver.remove()
  }
}
