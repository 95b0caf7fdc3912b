import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'

/** Values of small files in one folder; what is not there or may not be read is undefined. */
export type Attributes = Readonly<Record<string, string | undefined>>

/** Reads the named files of a folder, e.g. of a device under `/sys`; missing ones are left out. */
export async function attributes(ctx: CollectorContext, folder: string, names: readonly string[]): Promise<Attributes> {
  const read = await Promise.all(
    names.map(async (name) => [name, await ctx.files.tryText(`${folder}/${name}`)] as const),
  )
  return Object.fromEntries(read.filter(([, text]) => text !== null).map(([name, text]) => [name, text?.trim()]))
}

/** Names in a folder in a stable order, or none where the folder is not there: not every machine has every kind of device. */
export async function namesIn(ctx: CollectorContext, folder: string): Promise<readonly string[]> {
  if ((await ctx.files.facts(folder)) === null) return []
  try {
    const entries = await ctx.files.list(folder)
    return entries.map((entry) => entry.name).toSorted()
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return []
  }
}

/** Last part of the target of a symbolic link, e.g. the name of a driver. */
export async function linkName(ctx: CollectorContext, path: string): Promise<string | undefined> {
  return (await ctx.files.link(path))?.split('/').at(-1)
}
