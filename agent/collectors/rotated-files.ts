import type { CollectorContext } from '../runtime/collector-context.ts'
import { SourceError } from '../runtime/collector-context.ts'

/** A log file, or an older one that logrotate put aside. */
export interface RotatedFile {
  readonly path: string
  readonly modifiedAt: Date
}

/** Names that logrotate gives: `.1`, `.2.gz`, `-20260101`, `-20260101.gz`, and pacman's or YaST's `.old`. */
const SUFFIX = /^([.-]\d{1,10}|\.old)?(\.gz)?$/

/** The file itself and its rotated forms, newest first; empty when there is none. */
export async function rotatedFiles(ctx: CollectorContext, base: string): Promise<readonly RotatedFile[]> {
  const slash = base.lastIndexOf('/')
  const folder = base.slice(0, slash)
  const name = base.slice(slash + 1)
  const found: RotatedFile[] = []
  for (const entry of await entriesOf(ctx, folder)) {
    if (!entry.startsWith(name) || !SUFFIX.test(entry.slice(name.length))) continue
    const facts = await ctx.files.facts(`${folder}/${entry}`)
    if (facts !== null) found.push({ path: `${folder}/${entry}`, modifiedAt: facts.modifiedAt })
  }
  return found.sort((a, b) => b.modifiedAt.getTime() - a.modifiedAt.getTime())
}

async function entriesOf(ctx: CollectorContext, folder: string): Promise<readonly string[]> {
  try {
    const entries = await ctx.files.list(folder)
    return entries.filter((entry) => entry.kind === 'file').map((entry) => entry.name)
  } catch (error) {
    if (error instanceof SourceError && error.problem === 'missing') return []
    throw error
  }
}
