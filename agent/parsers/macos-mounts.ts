import { cutText } from './values.ts'

/** One line of `mount` on macOS. */
export interface MacMount {
  readonly device: string
  readonly mount: string
  readonly fileSystem: string
  readonly readOnly: boolean
  /** Not shown in the Finder: helper volumes of the system. */
  readonly hidden: boolean
}

/** Lines of the form `DEVICE on PATH (TYPE, OPTION, ...)`; others are left out. */
export function parseMacMounts(text: string): readonly MacMount[] {
  const mounts: MacMount[] = []
  for (const line of text.split('\n')) {
    const match = /^(.{1,4096}?) on (\/.{0,4096}) \(([^()]{1,512})\)$/.exec(line.trimEnd())
    const [, device, mount, inBrackets] = match ?? []
    if (device === undefined || mount === undefined || inBrackets === undefined) continue
    const [fileSystem = '', ...options] = inBrackets.split(',').map((part) => part.trim())
    if (fileSystem === '') continue
    mounts.push({
      device,
      mount,
      fileSystem: cutText(fileSystem, 64),
      readOnly: options.includes('read-only'),
      hidden: options.includes('nobrowse'),
    })
  }
  return mounts
}
