import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import { systemRoot } from './config.ts'

/**
 * The whole environment of every program that a collector starts, and of the collector host itself. Nothing is
 * inherited: no proxy, no loader variable, no secret. UTF-8 and the C locale keep the output of programs unlocalised.
 */
export function scrubbedEnvironment(platform: Platform): Record<string, string> {
  if (platform === 'win32') {
    const root = systemRoot()
    return { SystemRoot: root, windir: root, PATH: `${root}\\System32`, PATHEXT: '.EXE' }
  }
  return { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' }
}
