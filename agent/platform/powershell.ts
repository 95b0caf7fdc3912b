import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { CommandOptions, Commands } from '../runtime/collector-context.ts'
import { NotSupportedHere, SourceError } from '../runtime/collector-context.ts'
import { systemRoot } from './config.ts'

/** Stands before every script: UTF-8 both ways, no progress records, stop at the first error; `$params` is the input. */
const PREAMBLE = [
  '[Console]::InputEncoding = [System.Text.UTF8Encoding]::new($false)',
  '[Console]::OutputEncoding = [System.Text.UTF8Encoding]::new($false)',
  "$ProgressPreference = 'SilentlyContinue'",
  "$ErrorActionPreference = 'Stop'",
  '$params = [Console]::In.ReadToEnd() | ConvertFrom-Json',
  '',
].join('\n')

interface PowershellUse {
  readonly platform: Platform
  readonly commands: Pick<Commands, 'lines'>
  readonly script: string
  readonly params: Readonly<Record<string, unknown>>
  readonly options: CommandOptions
}

/**
 * Runs a constant script in Windows PowerShell 5.1, which every supported Windows has at one fixed place. The script
 * travels base64-encoded (UTF-16LE), so that no quoting is involved; what varies reaches it as `$params`.
 *
 * @throws NotSupportedHere on other systems; SourceError `failed` when a line is not JSON
 */
export async function* runPowershell(use: PowershellUse): AsyncGenerator<unknown, void, undefined> {
  if (use.platform !== 'win32') throw new NotSupportedHere('PowerShell is read on Windows only.')
  const program = `${systemRoot()}\\System32\\WindowsPowerShell\\v1.0\\powershell.exe`
  const input = JSON.stringify(use.params)
  for await (const line of use.commands.lines([program], powershellArguments(use.script), { ...use.options, input })) {
    const text = line.replace(/^\uFEFF/, '').trim()
    if (text !== '') yield parseLine(text, program)
  }
}

/** The argument array that runs a script: no profile, no prompt, the script as one encoded value. */
export function powershellArguments(script: string): readonly string[] {
  const encoded = Buffer.from(PREAMBLE + script, 'utf16le').toString('base64')
  return ['-NoLogo', '-NoProfile', '-NonInteractive', '-OutputFormat', 'Text', '-EncodedCommand', encoded]
}

function parseLine(text: string, program: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new SourceError('failed', program, 'A line of the script is not JSON.', { cause: error })
  }
}
