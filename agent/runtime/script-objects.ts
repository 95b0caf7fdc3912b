import { jsonObject, jsonText } from '../parsers/values.ts'
import type { CollectorContext, CommandOptions } from './collector-context.ts'
import { SourceError } from './collector-context.ts'

/**
 * Stands at the head of a script that reads several classes: `Write-Problem` reports one that was denied or failed as
 * an object of its own, so that it never looks like "there is none". A class, name space or registry key that this
 * system does not have is no problem.
 */
const WRITE_PROBLEM = `
function Write-Problem($name, $failure) {
  $e = $failure.Exception
  $code = '' + $e.NativeErrorCode
  if ($code -in @('InvalidClass', 'InvalidNamespace', 'NotSupported') -or $e -is [Management.Automation.ItemNotFoundException]) { return }
  $denied = $code -eq 'AccessDenied' -or $e -is [UnauthorizedAccessException] -or $e -is [Security.SecurityException] -or $e.HResult -eq -2147024891
  $kind = if ($denied) { 'denied' } else { 'failed' }
  [ordered]@{ Problem = $name; Kind = $kind; Text = ('' + $e.Message) } | ConvertTo-Json -Compress
}
`

/** Objects of a script; what it reports by `Write-Problem` marks the run as partial and is not passed on. */
export async function* scriptObjects(
  ctx: CollectorContext,
  script: string,
  use: { readonly params?: Readonly<Record<string, unknown>>; readonly options?: CommandOptions } = {},
): AsyncGenerator<unknown, void, undefined> {
  for await (const object of ctx.commands.powershell(WRITE_PROBLEM + script, use.params ?? {}, use.options)) {
    const problem = problemOf(object)
    if (problem === null) yield object
    else ctx.partial(problem)
  }
}

function problemOf(object: unknown): SourceError | null {
  const facts = jsonObject(object)
  const source = jsonText(facts?.Problem, 256)
  if (facts === null || source === undefined) return null
  const kind = facts.Kind === 'denied' ? 'denied' : 'failed'
  const text = jsonText(facts.Text, 512) ?? 'Windows gave no reason.'
  return new SourceError(kind, source, `${source} was not read: ${text}`)
}
