import { lineOf } from './values.ts'

/** One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)). */
export interface Mount {
  readonly mount: string
  /** Folder inside the file system that is mounted; `/` unless it is a bind mount or a subvolume. */
  readonly root: string
  /** Device number, the same for every mount of one file system. */
  readonly deviceNumber: string
  readonly device: string
  readonly fileSystem: string
  readonly readOnly: boolean
}

/** Mounts in the order of the table; lines that are not of its form are left out. */
export function parseMountinfo(text: string): readonly Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const mount = parseLine(line)
    if (mount !== null) mounts.push(mount)
  }
  return mounts
}

function parseLine(line: string): Mount | null {
  const separator = line.indexOf(' - ')
  if (separator < 0) return null
  const [, , deviceNumber, root, mount, options] = line.slice(0, separator).split(' ')
  const [fileSystem, device, superOptions] = line.slice(separator + 3).split(' ')
  if (deviceNumber === undefined || root === undefined || !/^\d+:\d+$/.test(deviceNumber)) return null
  if (mount === undefined || options === undefined || fileSystem === undefined || fileSystem === '') return null
  const path = unescapeMountText(mount)
  if (!path.startsWith('/') || lineOf(path, 4_096) === undefined) return null
  return {
    mount: path,
    root: unescapeMountText(root),
    deviceNumber,
    device: unescapeMountText(device ?? ''),
    fileSystem: fileSystem.slice(0, 64),
    readOnly: isReadOnly(options) || isReadOnly(superOptions ?? ''),
  }
}

function isReadOnly(options: string): boolean {
  return options.split(',').includes('ro')
}

/** Blanks, tabs, line ends and backslashes stand as three octal digits in the table. */
export function unescapeMountText(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})/g, (_match, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
