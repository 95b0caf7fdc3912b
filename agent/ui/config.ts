import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'

/** What the companion must know of the person's session. */
export interface DesktopSession {
  readonly platform: NodeJS.Platform
  /** Whether there is a screen to open something on. */
  readonly hasScreen: boolean
  /** The person's languages, the preferred first. */
  readonly languages: readonly string[]
  /** Folder of this person's own short-lived files. */
  readonly runtimeDir: string
  readonly home: string
  /** `%LOCALAPPDATA%`, `%ProgramFiles%` and the like; empty elsewhere. */
  readonly windowsFolders: readonly string[]
  /** What programs of the desktop need of the environment, and nothing else. */
  readonly environment: Readonly<Record<string, string>>
}

const KEPT = [
  ...['HOME', 'PATH', 'LANG', 'LANGUAGE', 'LC_ALL', 'LC_MESSAGES', 'USER', 'LOGNAME', 'DISPLAY', 'XAUTHORITY'],
  ...['WAYLAND_DISPLAY', 'XDG_RUNTIME_DIR', 'XDG_CURRENT_DESKTOP', 'XDG_SESSION_TYPE', 'XDG_DATA_DIRS'],
  ...['XDG_CONFIG_HOME', 'DBUS_SESSION_BUS_ADDRESS', 'BROWSER', 'DESKTOP_SESSION'],
  ...['SystemRoot', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'ProgramFiles', 'TEMP'],
]

/** Reads the session from the environment. */
export function desktopSession(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): DesktopSession {
  const of = (name: string) => environment[name] ?? ''
  const kept = KEPT.flatMap((name) => (of(name) === '' ? [] : [[name, of(name)] as const]))
  return {
    platform,
    hasScreen: platform === 'win32' || platform === 'darwin' || of('DISPLAY') !== '' || of('WAYLAND_DISPLAY') !== '',
    languages: [...of('LANGUAGE').split(':'), of('LC_ALL'), of('LC_MESSAGES'), of('LANG'), systemLanguage()],
    runtimeDir: of('XDG_RUNTIME_DIR') || tmpdir(),
    home: homedir(),
    windowsFolders: ['LOCALAPPDATA', 'ProgramFiles', 'ProgramFiles(x86)'].map(of).filter((folder) => folder !== ''),
    environment: Object.fromEntries(kept),
  }
}

/** Folder of what starts with the person's desktop on Linux. */
export function autostartFolder(environment: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(environment['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'autostart')
}

function systemLanguage(): string {
  return new Intl.DateTimeFormat().resolvedOptions().locale
}
