import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { CommandResult } from '../../local/commands.ts'
import { say } from '../texts.ts'
import type { DialogWords } from './dialog.ts'

/** A dialog that nobody answers goes away; the request waits on. */
const DIALOG_S = 120

/** What a dialog says of a request. */
export function dialogWords(
  { notice, text }: Pick<CommandResult<'requests.show'>, 'notice' | 'text'>,
  language: Language,
): DialogWords {
  return {
    title: notice.title,
    text,
    direction: wordsOf(language).direction,
    deny: say(language, 'consent.deny'),
    later: say(language, 'consent.later'),
    review: say(language, 'dialog.review'),
    allow: say(language, 'consent.allowOne'),
    timeoutS: DIALOG_S,
  }
}
