import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { Count } from '../fields.ts'
import { personal } from '../privacy.ts'

const VOLUME_KINDS = ['fixed', 'removable', 'optical', 'network', 'memory', 'image'] as const
export type VolumeKind = (typeof VOLUME_KINDS)[number]

/** A row of `disk.space`: one volume and how full it is. */
export const Volume = Type.Object(
  {
    /** Where the volume is found: `/home`, `C:`, or a volume's path without a letter. */
    mount: personal('path', { minLength: 1, maxLength: 4_096 }),
    /** Further places where the same file system is mounted. */
    alsoAt: Type.Optional(Type.Array(personal('path', { minLength: 1, maxLength: 4_096 }), { maxItems: 8 })),
    device: Type.Optional(personal('path', { minLength: 1, maxLength: 4_096 })),
    label: Type.Optional(personal('freeText', { minLength: 1, maxLength: 256 })),
    fileSystem: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    kind: Type.Enum([...VOLUME_KINDS]),
    readOnly: Type.Optional(Type.Boolean()),
    sizeBytes: Type.Optional(Count),
    /** In use; with `availableBytes` it may be less than `sizeBytes`, the rest is reserved for the administrator. */
    usedBytes: Type.Optional(Count),
    /** Free for ordinary users. */
    availableBytes: Type.Optional(Count),
    /** Used share of what ordinary users could use, as `df` computes it. */
    usedPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    /** Files and folders that the file system can hold; absent where there is no such limit. */
    inodes: Type.Optional(Count),
    inodesFree: Type.Optional(Count),
    inodesUsedPercent: Type.Optional(Type.Number({ minimum: 0, maximum: 100 })),
    /** Pool that shares its space with other volumes, e.g. an APFS container. */
    pool: Type.Optional(Type.String({ minLength: 1, maxLength: 256 })),
    /** What this volume alone holds in its pool, in bytes. */
    ownBytes: Type.Optional(Count),
    /** What the volume is for in its pool, e.g. `System`, `Data`, `VM`. */
    role: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    encrypted: Type.Optional(Type.Boolean()),
    compressed: Type.Optional(Type.Boolean()),
    /** The file system is marked as damaged and waits for a check (Windows). */
    needsCheck: Type.Optional(Type.Boolean()),
    /** The volume gave no figures in time, as a network drive does whose server is gone. */
    noAnswer: Type.Optional(Type.Boolean()),
  },
  closed,
)
export type Volume = Static<typeof Volume>
