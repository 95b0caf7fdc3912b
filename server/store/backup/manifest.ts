import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'

/**
 * A backup is one file: `AFBACKUP` and a format byte pair, the manifest's length (4 bytes, big-endian), the manifest as JSON,
 * the parts in the manifest's order, and the SHA-256 of all that (32 bytes).
 */
export const MAGIC = Buffer.from('AFBACKUP01', 'latin1')
export const LENGTH_BYTES = 4
export const DIGEST_BYTES = 32
export const MAX_MANIFEST_BYTES = 65_536
/** Name of the part that holds the database. */
export const STORE_PART = 'store.db'
/** Plain names only: a part can never be written outside the folder it is restored to. */
export const PART_NAME = '^[a-z0-9][a-z0-9.-]{0,62}$'

export const MAX_PARTS = 32

const closed = { additionalProperties: false } as const
const Bytes = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' })

const Part = Type.Object(
  {
    name: Type.String({ pattern: PART_NAME }),
    /** `zstd`: compressed. `sealed`: AES-256-GCM with the key of `kdf`; nonce, ciphertext, tag. */
    form: Type.Enum(['zstd', 'sealed']),
    /** Of the content, before compression or sealing. */
    bytes: Bytes,
    sha256: Sha256,
    /** As it stands in the backup. */
    storedBytes: Bytes,
  },
  closed,
)
export type Part = Static<typeof Part>

export const Manifest = Type.Object(
  {
    format: Type.Literal('askfirst.backup.v1'),
    createdAt: Type.String({ maxLength: 32 }),
    /** Schema steps of the database, oldest first. */
    schema: Type.Array(Type.String({ maxLength: 64 }), { maxItems: 1_000 }),
    /** How the passphrase becomes the key; null when the backup has no sealed part. */
    kdf: Type.Union([
      Type.Null(),
      Type.Object(
        {
          name: Type.Literal('scrypt'),
          salt: Type.String({ pattern: '^[0-9a-f]{32}$' }),
          cost: Type.Integer({ minimum: 16_384, maximum: 1_048_576 }),
          blockSize: Type.Literal(8),
          parallelization: Type.Literal(1),
        },
        closed,
      ),
    ]),
    parts: Type.Array(Part, { minItems: 1, maxItems: MAX_PARTS }),
  },
  closed,
)
export type Manifest = Static<typeof Manifest>
export type Kdf = NonNullable<Manifest['kdf']>

const shape = Compile(Manifest)

/** A manifest from its JSON; null when it is not one. */
export function parseManifest(text: string): Manifest | null {
  try {
    const value: unknown = JSON.parse(text)
    return shape.Check(value) ? value : null
  } catch {
    // Not JSON: not a manifest.
    return null
  }
}
