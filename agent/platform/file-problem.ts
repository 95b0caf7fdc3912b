import type { SourceProblem } from '../runtime/collector-context.ts'
import { SourceError } from '../runtime/collector-context.ts'

const MISSING = new Set(['ENOENT', 'ENOTDIR', 'ENXIO', 'ENODEV', 'ESRCH'])
const DENIED = new Set(['EACCES', 'EPERM', 'ERR_ACCESS_DENIED'])

/** Turns what the file system threw into the error that a collector is told. */
export function fileProblem(path: string, cause: unknown): SourceError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
  const problem = problemOf(code)
  return new SourceError(problem, path, `${path} ${TEXTS[problem]} (${code}).`, { cause })
}

const TEXTS: Readonly<Record<SourceProblem, string>> = {
  missing: 'does not exist',
  denied: 'may not be read by this account',
  failed: 'could not be read',
  timeout: 'did not answer in time',
}

function problemOf(code: string): SourceProblem {
  if (MISSING.has(code)) return 'missing'
  return DENIED.has(code) ? 'denied' : 'failed'
}
