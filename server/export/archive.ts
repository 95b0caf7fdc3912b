import type { UnzipFileInfo } from 'fflate'
import { unzipSync, zipSync } from 'fflate'

/** Files of a bundle by name. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>

/** Most bytes that a bundle may have, packed or unpacked: it is held in memory while it is made or verified. */
export const MAX_BUNDLE_BYTES = 512 * 1024 * 1024

/** The oldest instant that a zip can carry; the same in every bundle, so that equal files give equal bundles. */
const ZIP_EPOCH = new Date(1980, 0, 1)

/**
 * Packs files as a zip whose bytes follow from names and contents alone: sorted by name, stored uncompressed (chunks
 * are compressed already), one fixed time. `unpackBundle` relies on that.
 *
 * @throws RangeError when the files are larger than MAX_BUNDLE_BYTES together
 */
export function packBundle(files: BundleFiles): Uint8Array {
  const total = [...files.values()].reduce((sum, content) => sum + content.length, 0)
  if (total > MAX_BUNDLE_BYTES)
    throw new RangeError(`A bundle of ${total} bytes is too large; the bound is ${MAX_BUNDLE_BYTES}`)
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1))
  return zipSync(Object.fromEntries(sorted), { level: 0, mtime: ZIP_EPOCH })
}

/**
 * Unpacks a bundle and holds it against its own packing: every byte of the file, those of the zip's directory too, must
 * be what `packBundle` writes for these files.
 *
 * @returns the files, or in one sentence what is wrong
 */
export function unpackBundle(bytes: Uint8Array): BundleFiles | { readonly problem: string } {
  if (bytes.length > MAX_BUNDLE_BYTES)
    return { problem: `The file has ${bytes.length} bytes; a bundle has at most ${MAX_BUNDLE_BYTES}.` }
  let content: Record<string, Uint8Array>
  // Entries may lie about where their bytes are: many of them could share the same, and each would be copied.
  let unpacked = 0
  const isWanted = ({ compression, size, originalSize }: UnzipFileInfo) => {
    unpacked += Math.max(size, originalSize)
    return compression === 0 && unpacked <= bytes.length
  }
  try {
    content = unzipSync(bytes, { filter: isWanted })
  } catch (error) {
    return { problem: `The file is not a readable zip: ${error instanceof Error ? error.message : String(error)}.` }
  }
  const files = new Map(Object.entries(content))
  return sameBytes(packBundle(files), bytes)
    ? files
    : { problem: 'The zip itself was changed: it is not packed as a bundle is.' }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0
}
