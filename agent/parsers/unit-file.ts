import { lineOf } from './values.ts'

/** What is read out of a systemd unit file (systemd.unit(5)). */
export interface UnitFile {
  readonly description: string | undefined
  readonly user: string | undefined
  readonly commandLine: string | undefined
  /** It has an `[Install]` section, so it can be switched on. */
  readonly isInstallable: boolean
}

const WANTED: ReadonlySet<string> = new Set(['Unit.Description', 'Service.User', 'Service.ExecStart'])

/** Reads the few settings that a list of services needs; lines that it does not know are passed over. */
export function parseUnitFile(text: string): UnitFile {
  const values = new Map<string, string>()
  let section = ''
  let isInstallable = false
  for (const line of text.replaceAll('\\\n', ' ').split('\n', 10_000)) {
    const heading = /^\[(\w{1,64})\]\s*$/.exec(line)
    if (heading !== null) section = heading[1] ?? ''
    if (section === 'Install') isInstallable = true
    const equals = line.indexOf('=')
    const name = `${section}.${line.slice(0, Math.max(0, equals)).trim()}`
    if (WANTED.has(name) && !values.has(name)) values.set(name, line.slice(equals + 1).trim())
  }
  return {
    description: lineOf(values.get('Unit.Description'), 512),
    user: lineOf(values.get('Service.User'), 256),
    commandLine: lineOf(values.get('Service.ExecStart'), 8_192),
    isInstallable,
  }
}

/** Short description out of the LSB header of a script in /etc/init.d. */
export function initScriptTitle(text: string): string | undefined {
  return lineOf(/^# Short-Description:[ \t]*(.{1,512})$/m.exec(text.slice(0, 16_384))?.[1], 512)
}
