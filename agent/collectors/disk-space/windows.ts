import type { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { parseWindowsVolumes } from '../../parsers/windows-volumes.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'

/** Constant script. Network drives are asked for only when allowed, because a lost server makes the query hang. */
const SCRIPT = `
Get-CimInstance Win32_Volume -Filter 'DriveType <> 4' -Property DeviceID,DriveLetter,Name,Label,FileSystem,DriveType,Capacity,FreeSpace,Compressed,DirtyBitSet |
  Select-Object DeviceID,DriveLetter,Name,Label,FileSystem,DriveType,Capacity,FreeSpace,Compressed,DirtyBitSet |
  ForEach-Object { $_ | ConvertTo-Json -Compress }
$filter = if ($params.includeNetwork) { 'DriveType > 1' } else { 'DriveType > 1 AND DriveType <> 4' }
Get-CimInstance Win32_LogicalDisk -Filter $filter -Property DeviceID,Name,VolumeName,FileSystem,DriveType,Size,FreeSpace,Compressed,VolumeDirty,ProviderName |
  Select-Object DeviceID,Name,VolumeName,FileSystem,DriveType,Size,FreeSpace,Compressed,VolumeDirty,ProviderName |
  ForEach-Object { $_ | ConvertTo-Json -Compress }
`

/** Volumes out of CIM classes. */
export async function* windowsVolumes(
  ctx: CollectorContext,
  includeNetwork: boolean,
): AsyncGenerator<Volume, void, undefined> {
  const objects: unknown[] = []
  for await (const object of ctx.commands.powershell(SCRIPT, { includeNetwork })) objects.push(object)
  yield* parseWindowsVolumes(objects, includeNetwork)
}
