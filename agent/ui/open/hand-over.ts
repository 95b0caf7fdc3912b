import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { html } from '../html.ts'

/**
 * Puts a link into a file that only this account can read, so that it stands on no command line: whoever lists processes
 * learns the file's name and no more.
 *
 * @returns the file, and how to take it away again
 */
export function linkFile(runtimeDir: string, link: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(runtimeDir, 'askfirst-page-')) // Made with mode 0700.
  const file = join(folder, 'askfirst.html')
  const page = html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>AskFirst</title>
<meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0; url=${link}"></head>
<body><p><a href="${link}">AskFirst</a></p></body></html>`
  writeFileSync(file, page.markup, { mode: 0o600, flag: 'wx' })
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
