import type { DesktopSession } from '../config.ts'
import type { DesktopProgram, EndedProgram, ProgramStarter } from './start-program.ts'

/** What a dialog shows; its default is no. */
export interface DialogWords {
  readonly title: string
  readonly text: string
  readonly allow: string
  readonly deny: string
  readonly timeoutS: number
}

/** A plain yes or no; `none`: nobody answered in time, or there is no dialog here. */
export type DialogAnswer = 'allow' | 'deny' | 'none'

const MACOS_SCRIPT = [
  'on run argv',
  'set answer to display dialog (item 2 of argv) with title (item 1 of argv) buttons {item 3 of argv, item 4 of argv} default button (item 4 of argv) cancel button (item 4 of argv) giving up after ((item 5 of argv) as integer)',
  'if gave up of answer then return "none"',
  'return button returned of answer',
  'end run',
] as const

/** Constant script: all texts come as one JSON object on standard input. */
const WINDOWS_SCRIPT = `$ErrorActionPreference = 'Stop'
[Console]::InputEncoding = [Text.Encoding]::UTF8
$words = [Console]::In.ReadToEnd() | ConvertFrom-Json
$shell = New-Object -ComObject WScript.Shell
# 4: Yes and No; 48: exclamation mark; 256: the second button is the default
$answer = $shell.Popup($words.text, $words.timeoutS, $words.title, 4 + 48 + 256)
Write-Output $answer`

/** The dialog of each system: texts as arguments or on standard input, never in a script. */
export function dialogProgram(platform: NodeJS.Platform, words: DialogWords): DesktopProgram {
  const { title, text, allow, deny, timeoutS } = words
  switch (platform) {
    case 'win32': {
      const encoded = Buffer.from(WINDOWS_SCRIPT, 'utf16le').toString('base64')
      const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded]
      // A message box of Windows has buttons of its own: the text says which is which.
      const told = `${text}\n${allow} = Yes / Ja\n${deny} = No / Nein`
      return { file: 'powershell.exe', args, input: JSON.stringify({ title, text: told, timeoutS }) }
    }
    case 'darwin':
      return {
        file: '/usr/bin/osascript',
        args: [...MACOS_SCRIPT.flatMap((line) => ['-e', line]), title, text, allow, deny, String(timeoutS)],
      }
    default:
      return {
        file: '/usr/bin/zenity',
        args: [
          ...['--question', '--no-markup', '--default-cancel', '--width=700', `--timeout=${timeoutS}`],
          ...[`--title=${title}`, `--text=${text}`, `--ok-label=${allow}`, `--cancel-label=${deny}`],
        ],
      }
  }
}

/** Results of `WScript.Shell.Popup`: 6 is Yes, 7 is No, -1 a time that ran out. */
const WINDOWS_ANSWERS: Readonly<Record<string, DialogAnswer>> = { '6': 'allow', '7': 'deny' }
/** Exit codes of zenity: 0 the first button, 1 the other one or a closed window, 5 a time that ran out. */
const ZENITY_ANSWERS: Readonly<Record<number, DialogAnswer>> = { 0: 'allow', 1: 'deny' }

/** An answer that comes sooner was not read: a key that was meant for something else, or a dialog that could not open. */
const MIN_READING_MS = 1_000
/** What zenity says when there is no screen; it ends with the same code as for a no. */
const NO_SCREEN = /cannot open display|unable to init|failed to open display/i
/** AppleScript's error for the cancel button; other errors are no answer. */
const CANCELLED = '-128'

/** Reads what a dialog's program answered; whatever is not clearly a yes or a no is neither. */
export function dialogAnswer(
  platform: NodeJS.Platform,
  ended: EndedProgram | null,
  words: Pick<DialogWords, 'allow'>,
): DialogAnswer {
  if (ended === null || ended.ranMs < MIN_READING_MS) return 'none'
  const out = ended.out.trim()
  switch (platform) {
    case 'win32':
      return WINDOWS_ANSWERS[out] ?? 'none'
    case 'darwin':
      return macosAnswer(ended, out === words.allow)
    default:
      return NO_SCREEN.test(ended.err) ? 'none' : (ZENITY_ANSWERS[ended.exitCode] ?? 'none')
  }
}

function macosAnswer({ exitCode, err }: EndedProgram, saidAllow: boolean): DialogAnswer {
  if (exitCode === 0) return saidAllow ? 'allow' : 'none'
  return err.includes(CANCELLED) ? 'deny' : 'none'
}

/** Asks by the system's own dialog. */
export async function askByDialog(
  session: Pick<DesktopSession, 'platform'>,
  starter: ProgramStarter,
  words: DialogWords,
): Promise<DialogAnswer> {
  const ended = await starter.run(dialogProgram(session.platform, words), (words.timeoutS + 10) * 1_000)
  return dialogAnswer(session.platform, ended, words)
}
