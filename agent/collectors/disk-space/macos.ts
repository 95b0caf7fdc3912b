import type { Volume, VolumeKind } from '@askfirst/protocol/results/disk-space.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import type { ApfsVolume } from '../../parsers/macos-apfs.ts'
import { parseApfsList } from '../../parsers/macos-apfs.ts'
import type { MacMount } from '../../parsers/macos-mounts.ts'
import { parseMacMounts } from '../../parsers/macos-mounts.ts'
import { fullness } from '../../parsers/volume-figures.ts'
import { volumeKindOf } from '../../parsers/volume-kinds.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'

const VOLUME_TIMEOUT_MS = 3_000

/** Volumes out of `mount` with `statfs` figures; APFS says which of them share one container. */
export async function* macosVolumes(
  ctx: CollectorContext,
  includeNetwork: boolean,
): AsyncGenerator<Volume, void, undefined> {
  const mounts = parseMacMounts(await ctx.commands.text(['/sbin/mount'], []))
  const apfs = await apfsVolumes(ctx)
  for (const mount of mounts) {
    if (ctx.signal.aborted) return
    const kind = volumeKindOf(mount.fileSystem)
    if (kind === null || (kind === 'network' && !includeNetwork)) continue
    yield await volumeRow(ctx, { mount, kind, apfs: apfs.get(apfsDevice(mount.device)) })
  }
}

/** The system starts from a snapshot: `/dev/disk3s1s1` is one of the volume `disk3s1`. */
function apfsDevice(device: string): string {
  return device.replace('/dev/', '').replace(/^(disk\d+s\d+)s\d+$/, '$1')
}

async function apfsVolumes(ctx: CollectorContext): Promise<ReadonlyMap<string, ApfsVolume>> {
  try {
    return parseApfsList(
      await ctx.commands.text(['/usr/sbin/diskutil'], ['apfs', 'list', '-plist'], { timeoutMs: 15_000 }),
    )
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    ctx.partial(error)
    return new Map()
  }
}

async function volumeRow(
  ctx: CollectorContext,
  found: { readonly mount: MacMount; readonly kind: VolumeKind; readonly apfs: ApfsVolume | undefined },
): Promise<Volume> {
  const { mount, kind, apfs } = found
  const figures = await ctx.files.volume(mount.mount, VOLUME_TIMEOUT_MS)
  return knownFields<Volume>({
    mount: mount.mount,
    device: mount.device,
    label: apfs?.name,
    fileSystem: mount.fileSystem,
    kind,
    readOnly: mount.readOnly,
    ...fullness(figures),
    pool: apfs?.container,
    ownBytes: apfs?.ownBytes,
    role: apfs?.role,
    encrypted: apfs?.encrypted,
    noAnswer: figures === null ? true : undefined,
  })
}
