import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

/**
 * Folder of recordings from real machines that the corpus tests read: the environment variable `ASKFIRST_CORPUS`, else the
 * folder `shared/fixtures` beside the checkout where it exists, else null: then the corpus tests are skipped, which one line
 * says; where CI is set they fail instead.
 */
export const corpusFolder: string | null = findCorpus()

function findCorpus(): string | null {
  const named = process.env.ASKFIRST_CORPUS
  if (named !== undefined && named !== '') return existsSync(named) ? named : null
  const beside = join(import.meta.dirname, '../../../shared/fixtures')
  return existsSync(beside) ? beside : null
}

/** Whether the corpus must be there: nothing is skipped in CI. */
export const isCorpusRequired = process.env.CI !== undefined && process.env.CI !== '' && process.env.CI !== 'false'

/** Bytes of one recording, by its path inside the corpus folder. */
export function corpusBytes(path: string): Buffer {
  if (corpusFolder === null) throw new Error('There is no corpus folder; set ASKFIRST_CORPUS')
  return readFileSync(join(corpusFolder, path))
}

/** Text of one recording; UTF-16 with a byte order mark is recognised, everything else is UTF-8. */
export function corpusText(path: string): string {
  const bytes = corpusBytes(path)
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes)
}

/** Paths of all recordings inside the corpus folder, sorted; empty without a corpus. */
export function corpusPaths(): readonly string[] {
  if (corpusFolder === null) return []
  const folder = corpusFolder
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort()
}
