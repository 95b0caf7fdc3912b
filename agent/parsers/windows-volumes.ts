import type { Volume, VolumeKind } from '@askfirst/protocol/results/disk-space.ts'
import { knownFields } from './known-fields.ts'
import { jsonCount, jsonFlag, jsonObject, jsonText } from './values.ts'
import { fullness } from './volume-figures.ts'

type Values = Readonly<Record<string, unknown>>

/** DriveType of Win32_LogicalDisk and Win32_Volume; 0 (unknown) and 1 (no root folder) are no volumes to fill. */
const KINDS: Readonly<Record<number, VolumeKind>> = {
  2: 'removable',
  3: 'fixed',
  4: 'network',
  5: 'optical',
  6: 'memory',
}

/**
 * Rows out of objects with the properties of Win32_Volume (drives of this machine, with or without a letter) and
 * Win32_LogicalDisk (network drives, and what Win32_Volume does not list). Drives without a medium are left out.
 *
 * @param includeNetwork whether network drives give rows
 */
export function parseWindowsVolumes(objects: Iterable<unknown>, includeNetwork: boolean): readonly Volume[] {
  const rows = new Map<string, Volume>()
  for (const object of objects) {
    const row = rowOf(jsonObject(object))
    if (row === null || (row.kind === 'network' && !includeNetwork)) continue
    const key = row.mount.toUpperCase()
    const known = rows.get(key)
    rows.set(key, known === undefined ? row : { ...row, ...known })
  }
  return [...rows.values()]
}

function rowOf(values: Values | null): Volume | null {
  const kind = KINDS[jsonCount(values?.DriveType) ?? -1]
  if (values === null || kind === undefined) return null
  const mount = mountOf(values)
  const sizeBytes = jsonCount(values.Capacity) ?? jsonCount(values.Size)
  if (mount === undefined || (sizeBytes === undefined && kind !== 'network')) return null
  const freeBytes = jsonCount(values.FreeSpace)
  const figures = sizeBytes === undefined || freeBytes === undefined ? null : { sizeBytes, freeBytes }
  return knownFields<Volume>({
    mount,
    device: jsonText(values.ProviderName, 4_096) ?? volumePath(values),
    label: jsonText(values.Label, 256) ?? jsonText(values.VolumeName, 256),
    fileSystem: jsonText(values.FileSystem, 64),
    kind,
    ...fullness(figures && { ...figures, availableBytes: figures.freeBytes, inodes: 0, inodesFree: 0 }),
    sizeBytes,
    compressed: jsonFlag(values.Compressed),
    needsCheck: jsonFlag(values.DirtyBitSet) ?? jsonFlag(values.VolumeDirty),
    noAnswer: figures === null ? true : undefined,
  })
}

function mountOf(values: Values): string | undefined {
  return jsonText(values.DriveLetter, 8) ?? jsonText(values.Name, 4_096) ?? jsonText(values.DeviceID, 4_096)
}

function volumePath(values: Values): string | undefined {
  const id = jsonText(values.DeviceID, 4_096)
  return id?.startsWith('\\\\?\\') === true ? id : undefined
}
