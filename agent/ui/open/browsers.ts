import { join } from 'node:path'
import type { DesktopSession } from '../config.ts'
import type { DesktopProgram } from './start-program.ts'

const LINUX_APP_BROWSERS = ['/usr/bin/microsoft-edge', '/usr/bin/google-chrome', '/usr/bin/chromium'] as const
const MACOS_APP_BROWSERS = ['Microsoft Edge', 'Google Chrome'] as const

/**
 * Ways to open a file of the person's in a window, the best first: a window of its own where Edge or Chrome is there, else
 * the default browser. Only the file's name stands on the command line, which others may read.
 *
 * @param exists whether a program is there
 */
export function waysToOpen(
  file: string,
  session: Pick<DesktopSession, 'platform' | 'windowsFolders'>,
  exists: (path: string) => boolean,
): readonly DesktopProgram[] {
  const url = fileUrl(file, session.platform)
  switch (session.platform) {
    case 'win32': {
      const edges = session.windowsFolders.flatMap((folder) => [
        `${folder}\\Microsoft\\Edge\\Application\\msedge.exe`,
        `${folder}\\Google\\Chrome\\Application\\chrome.exe`,
      ])
      return [
        ...edges.filter(exists).map((program) => ({ file: program, args: [`--app=${url}`] })),
        { file: 'rundll32.exe', args: ['url.dll,FileProtocolHandler', file] },
      ]
    }
    case 'darwin':
      return [
        ...MACOS_APP_BROWSERS.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
          .filter(exists)
          .map((program) => ({ file: program, args: [`--app=${url}`] })),
        { file: '/usr/bin/open', args: [file] },
      ]
    default:
      return [
        ...LINUX_APP_BROWSERS.filter(exists).map((program) => ({ file: program, args: [`--app=${url}`] })),
        { file: join('/usr/bin', 'xdg-open'), args: [file] },
      ]
  }
}

function fileUrl(file: string, platform: NodeJS.Platform): string {
  const path = platform === 'win32' ? `/${file.replaceAll('\\', '/')}` : file
  return `file://${path.split('/').map(encodeURIComponent).join('/').replace('%3A', ':')}`
}
