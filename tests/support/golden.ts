import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One recorded or hand-written input of a collector's source, beside the rows that it must give. */
export interface GoldenCase {
  /** Name of the file before `.input.`, e.g. `syslog-rfc3164`. */
  readonly name: string
  readonly input: string
  /** Path of the file that holds the expected outcome. */
  readonly expectedPath: string
}

/** Cases of one source: files of `tests/fixtures/collectors/<folder>` whose name starts with `<source>-`. */
export function goldenCases(folder: string, source: string): readonly GoldenCase[] {
  const path = join(import.meta.dirname, '../fixtures/collectors', folder)
  const files = readdirSync(path).filter((file) => file.startsWith(`${source}-`) && file.includes('.input.'))
  if (files.length === 0) throw new Error(`There is no golden case ${source}-*.input.* in ${path}`)
  return files.sort().map((file) => {
    const name = file.slice(0, file.indexOf('.input.'))
    return { name, input: readFileSync(join(path, file), 'utf8'), expectedPath: join(path, `${name}.expected.json`) }
  })
}

/** An outcome as it stands in an expected file. */
export function goldenText(outcome: unknown): string {
  return `${JSON.stringify(outcome, null, 2)}\n`
}
