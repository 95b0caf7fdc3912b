import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { wordsOf } from '@askfirst/protocol/notice/languages.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import type { TextKey } from './texts.ts'
import { say } from './texts.ts'

const COMMAND = 'askfirst-agent ui'

/** A page for someone without a session: in the language of the computer, and in English for whom that is not theirs. */
export function barePage(language: Language, title: TextKey, text: TextKey): Html {
  const both: readonly Language[] = language === 'en' ? ['en'] : [language, 'en']
  return html`<!doctype html><html${written(language)}><head><meta charset="utf-8"><title>${say(language, title)} · AskFirst</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css"></head>
<body><main><h1>${say(language, title)}</h1>
${both.map((each) => html`<p${written(each)}>${withCommand(say(each, text))}</p>`)}
</main></body></html>`
}

function written(language: Language): Html {
  return html` lang="${language}" dir="${wordsOf(language).direction}"`
}

/** What to type stands apart, and from left to right in every language. */
function withCommand(text: string): readonly Html[] {
  const [first = '', ...rest] = text.split('{command}')
  return [html`${first}`, ...rest.map((part) => html`<code dir="ltr">${COMMAND}</code>${part}`)]
}
