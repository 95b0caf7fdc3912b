import type { PlistValue } from './property-list.ts'
import { parsePropertyList } from './property-list.ts'
import { jsonCount, jsonFlag, jsonList, jsonObject, jsonText } from './values.ts'

/** What `diskutil apfs list -plist` says about one volume. */
export interface ApfsVolume {
  readonly name: string | undefined
  /** Container that shares its space among its volumes, e.g. `disk3`. */
  readonly container: string | undefined
  readonly containerFreeBytes: number | undefined
  readonly ownBytes: number | undefined
  readonly role: string | undefined
  readonly encrypted: boolean | undefined
}

/** APFS volumes by device identifier such as `disk3s1`; empty for what is no such list. */
export function parseApfsList(text: string): ReadonlyMap<string, ApfsVolume> {
  const volumes = new Map<string, ApfsVolume>()
  const list: PlistValue | null = parsePropertyList(text)
  for (const item of jsonList(jsonObject(list)?.Containers)) {
    const container = jsonObject(item)
    for (const member of jsonList(container?.Volumes)) {
      const volume = jsonObject(member)
      const device = jsonText(volume?.DeviceIdentifier, 64)
      if (volume === null || container === null || device === undefined) continue
      volumes.set(device, {
        name: jsonText(volume.Name, 256),
        container: jsonText(container.ContainerReference, 64),
        containerFreeBytes: jsonCount(container.CapacityFree),
        ownBytes: jsonCount(volume.CapacityInUse),
        role: jsonText(jsonList(volume.Roles)[0], 64),
        encrypted: jsonFlag(volume.Encryption) ?? jsonFlag(volume.FileVault),
      })
    }
  }
  return volumes
}
