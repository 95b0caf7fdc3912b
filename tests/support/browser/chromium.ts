import { existsSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

/** The same engine without the window around it: pages load and draw in about half of the time. */
const SHELL = '/usr/bin/chromium-headless-shell'
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** No background traffic: a browser under test talks to the server under test and to nobody else. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser's program; null when this machine has none (an error when CI=true). */
export function findChromium(): string | null {
  const { ASKFIRST_CHROMIUM, CI } = process.env
  const found = [ASKFIRST_CHROMIUM, ...PLACES].find((place) => place !== undefined && existsSync(place))
  if (found !== undefined) return found
  if (CI === 'true') throw new Error('Chromium is needed when CI=true: install it or name it in ASKFIRST_CHROMIUM')
  process.stderr.write('Skipped: the pages in a browser, because there is no Chromium (name it in ASKFIRST_CHROMIUM)\n')
  return null
}

/**
 * The program for tests of what a page shows and does: the shell of the same Chromium where it is installed, else Chromium
 * itself. Whole stories and what a browser must refuse are tested in the browser that people have (`findChromium`).
 */
export function findShell(): string | null {
  return process.env.ASKFIRST_CHROMIUM === undefined && existsSync(SHELL) ? SHELL : findChromium()
}

/** Starts a headless browser; `extra` are further switches. */
export function startChromium(program: string, extra: readonly string[] = []): Promise<Browser> {
  const isRoot = process.getuid?.() === 0
  return chromium.launch({
    executablePath: program,
    args: [...QUIET, ...extra],
    // The browser's own sandbox needs an account that is not root.
    chromiumSandbox: !isRoot,
  })
}
