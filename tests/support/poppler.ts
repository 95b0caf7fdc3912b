import { spawnSync } from 'node:child_process'

/** Whether this machine can read PDF files for the tests (Debian: poppler-utils); an error without it when CI=true. */
export function hasPoppler(): boolean {
  const found = ['pdftotext', 'pdfinfo'].every((program) => spawnSync(program, ['-v']).error === undefined)
  if (found) return true
  if (process.env.CI === 'true')
    throw new Error('pdftotext and pdfinfo are needed when CI=true: install the package poppler-utils')
  process.stderr.write(
    'Skipped: what a PDF says to a reader, because pdftotext and pdfinfo are not on this machine (package poppler-utils)\n',
  )
  return false
}

/** The text of a PDF as a reader gets it. */
export function pdfText(pdf: Uint8Array): string {
  return read('pdftotext', ['-layout', '-', '-'], pdf)
}

/** What a PDF says about itself, by name. */
export function pdfInfo(pdf: Uint8Array): ReadonlyMap<string, string> {
  const lines = read('pdfinfo', ['-'], pdf).split('\n')
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]))
}

/** The tree of a PDF's tags with the text in them. */
export function pdfStructure(pdf: Uint8Array): string {
  return read('pdfinfo', ['-struct-text', '-'], pdf)
}

function read(program: string, args: readonly string[], pdf: Uint8Array): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    input: pdf,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  if (status !== 0) throw new Error(`${program} ended with ${String(status)}: ${stderr}`)
  if (/Error/.test(stderr)) throw new Error(`${program} finds the file faulty: ${stderr}`)
  return stdout
}
