import type { Volume, VolumeKind } from '@askfirst/protocol/results/disk-space.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import type { Mount } from '../../parsers/linux-mounts.ts'
import { parseMountinfo } from '../../parsers/linux-mounts.ts'
import { fullness } from '../../parsers/volume-figures.ts'
import { volumeKindOf } from '../../parsers/volume-kinds.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'

/** A local volume answers at once; a network mount whose server is gone never does. */
const VOLUME_TIMEOUT_MS = 3_000
const MAX_ALSO_AT = 8
/** Size of kernel-made memory file systems that only hold a few marks; they cannot fill up in a way that matters. */
const SMALL_MEMORY_BYTES = 1_048_576

/** Memory file systems here only hold the places of kernel interfaces. */
const KERNEL_PLACE = /^\/(?:proc|sys)(?:\/|$)/

interface Found {
  readonly mount: Mount
  readonly kind: VolumeKind
  readonly alsoAt: readonly string[]
}

/** Volumes out of the mount table with `statfs` figures. Pseudo file systems and second mounts of one volume give no row. */
export async function* linuxVolumes(
  ctx: CollectorContext,
  includeNetwork: boolean,
): AsyncGenerator<Volume, void, undefined> {
  const table = await ctx.files.readText('/proc/self/mountinfo', { maxBytes: 8_388_608 })
  for (const found of distinctVolumes(parseMountinfo(table))) {
    if (ctx.signal.aborted) return
    if (found.kind === 'network' && !includeNetwork) continue
    const row = await volumeRow(ctx, found)
    if (row !== null) yield row
  }
}

/** One entry for each file system; the mount of its top folder with the shortest path stands for it. */
function distinctVolumes(mounts: readonly Mount[]): readonly Found[] {
  const found = new Map<string, Found>()
  // A later mount at the same place hides the earlier one.
  const visible = new Map(mounts.map((mount) => [mount.mount, mount]))
  for (const mount of visible.values()) {
    const kind = volumeKindOf(mount.fileSystem)
    if (kind === null || KERNEL_PLACE.test(mount.mount)) continue
    const key = `${mount.deviceNumber} ${mount.fileSystem}`
    const known = found.get(key)
    if (known === undefined) found.set(key, { mount, kind, alsoAt: [] })
    else found.set(key, joined(known, mount))
  }
  return [...found.values()]
}

function joined(known: Found, mount: Mount): Found {
  const isBetter =
    (mount.root === '/') !== (known.mount.root === '/')
      ? mount.root === '/'
      : mount.mount.length < known.mount.mount.length
  const [first, other] = isBetter ? [mount, known.mount] : [known.mount, mount]
  if (other.mount === first.mount || known.alsoAt.includes(other.mount)) return { ...known, mount: first }
  return { ...known, mount: first, alsoAt: [...known.alsoAt, other.mount].slice(0, MAX_ALSO_AT) }
}

async function volumeRow(ctx: CollectorContext, { mount, kind, alsoAt }: Found): Promise<Volume | null> {
  const figures = await ctx.files.volume(mount.mount, VOLUME_TIMEOUT_MS)
  if (figures !== null && figures.sizeBytes === 0) return null
  if (kind === 'memory' && figures !== null && figures.sizeBytes < SMALL_MEMORY_BYTES) return null
  return knownFields<Volume>({
    mount: mount.mount,
    alsoAt: [...alsoAt],
    device: mount.device,
    fileSystem: mount.fileSystem,
    kind: kind === 'fixed' && (await isRemovable(ctx, mount)) ? 'removable' : kind,
    readOnly: mount.readOnly,
    ...fullness(figures),
    noAnswer: figures === null ? true : undefined,
  })
}

/** A USB stick is marked at its whole drive; `/sys/dev/block/8:1/..` is the drive of a partition. */
async function isRemovable(ctx: CollectorContext, mount: Mount): Promise<boolean> {
  const base = `/sys/dev/block/${mount.deviceNumber}`
  const marks = await Promise.all([ctx.files.tryText(`${base}/removable`), ctx.files.tryText(`${base}/../removable`)])
  return marks.some((mark) => mark?.trim() === '1')
}
