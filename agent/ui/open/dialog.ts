import type { DesktopSession } from '../config.ts'
import { MACOS_SCRIPT, WINDOWS_SCRIPT } from './dialog-scripts.ts'
import type { DesktopProgram, EndedProgram, ProgramStarter } from './start-program.ts'

/** What a dialog shows; its default is no. */
export interface DialogWords {
  readonly title: string
  readonly text: string
  readonly direction: 'ltr' | 'rtl'
  readonly deny: string
  readonly later: string
  /** Allow, but nothing is sent before the person has looked at it. */
  readonly review: string
  readonly allow: string
  readonly timeoutS: number
}

const CHOICES = ['deny', 'later', 'review', 'allow'] as const

/**
 * `none`: nobody answered in time, or there is no dialog here. A dialog that was closed is `none` or `later`: neither answers the
 * request.
 */
export type DialogAnswer = (typeof CHOICES)[number] | 'none'

/**
 * How zenity says what was chosen. Each way to end has a number of its own: by its usual ones a no cannot be told from a closed
 * window, nor from a screen that could not be opened. That is also why no is its first button and "not now" its second: the
 * second and a closed window end alike whatever the numbers are.
 */
const ZENITY_EXITS = { ZENITY_OK: '10', ZENITY_CANCEL: '11', ZENITY_ESC: '12', ZENITY_TIMEOUT: '13' } as const

/** The dialog of each system: texts as arguments or on standard input, never in a script. */
export function dialogProgram(platform: NodeJS.Platform, words: DialogWords): DesktopProgram {
  const { title, text, deny, later, review, allow, timeoutS } = words
  switch (platform) {
    case 'win32': {
      const encoded = Buffer.from(WINDOWS_SCRIPT, 'utf16le').toString('base64')
      const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded]
      return { file: 'powershell.exe', args, input: JSON.stringify(words) }
    }
    case 'darwin':
      return {
        file: '/usr/bin/osascript',
        args: [
          ...MACOS_SCRIPT.flatMap((line) => ['-e', line]),
          ...[title, text, deny, later, review, allow, String(timeoutS)],
        ],
      }
    default:
      return {
        file: '/usr/bin/zenity',
        // A question grows with its text until the buttons are below the screen; this one scrolls. Enter is its first button.
        args: [
          ...['--text-info', '--width=760', '--height=620', `--timeout=${timeoutS}`, `--title=${title}`],
          ...[`--ok-label=${deny}`, `--cancel-label=${later}`, `--extra-button=${review}`, `--extra-button=${allow}`],
        ],
        input: text,
        environment: ZENITY_EXITS,
      }
  }
}

/** An answer that comes sooner was not read: a key that was meant for something else, or a dialog that could not open. */
const MIN_READING_MS = 1_000

/** Reads what a dialog's program answered; whatever is not clearly one of the choices is none. */
export function dialogAnswer(
  platform: NodeJS.Platform,
  ended: EndedProgram | null,
  words: Pick<DialogWords, 'review' | 'allow'>,
): DialogAnswer {
  if (ended === null || ended.ranMs < MIN_READING_MS) return 'none'
  const out = ended.out.trim()
  if (platform === 'win32' || platform === 'darwin') return CHOICES.find((choice) => choice === out) ?? 'none'
  return zenityAnswer(String(ended.exitCode), out, words)
}

/** The further buttons end as a closed window and "not now" do, but say their words. */
function zenityAnswer(
  exit: string,
  out: string,
  { review, allow }: Pick<DialogWords, 'review' | 'allow'>,
): DialogAnswer {
  if (exit === ZENITY_EXITS.ZENITY_OK) return 'deny'
  if (exit !== ZENITY_EXITS.ZENITY_CANCEL && exit !== ZENITY_EXITS.ZENITY_ESC) return 'none'
  if (out === review) return 'review'
  if (out === allow) return 'allow'
  return out === '' ? 'later' : 'none'
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
