import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import { METHOD_STEPS } from '../../api/method.ts'
import { countsText } from '../method/counts-text.ts'
import { STEP_WORDS } from '../method/step-words.ts'

/** What an entry of the method says, to be read after a name. */
export interface ToldMethod {
  readonly text: string
  readonly quote?: string | null
  readonly details?: readonly string[]
  readonly parts?: readonly (readonly [heading: string, text: string])[]
}

const ENDS: Readonly<Record<string, string>> = {
  done: 'did this',
  failed: 'tried this, and it did not work',
  dropped: 'dropped this',
}
const VERDICTS: Readonly<Record<string, string>> = {
  open: 'opened a theory again',
  confirmed: 'confirmed a theory',
  refuted: 'refuted a theory',
}

/** Tells an entry of the method; null: it is none. */
export function tellMethod({ kind, body }: LogEntry): ToldMethod | null {
  const text = (name: string) => textOf(body, name)
  switch (kind) {
    case 'method.step':
      return tellStep(body)
    case 'theory.added':
      return {
        text: 'took up a theory',
        quote: text('statement'),
        details: lines([['Test', textOf(body.test, 'text')]]),
      }
    case 'theory.judged':
      return {
        text: VERDICTS[text('verdict')] ?? 'judged a theory',
        quote: text('statement'),
        details: lines([['The test showed', text('result')]]),
      }
    case 'action.planned':
      return {
        text: body.needsApproval === true ? 'planned a major action' : 'planned an action',
        quote: text('what'),
        details: lines([
          ['Why', text('why')],
          ['Way back', text('undo')],
          ['By', textOf(body.doer, 'name')],
        ]),
      }
    case 'action.asked':
      return { text: 'asked the person whether this may be done', quote: text('what') }
    case 'action.judged': {
      const said = text('state') === 'approved' ? 'approved a major action' : 'declined a major action'
      // The server writes down what the person signed; a lead decides in their own name.
      return {
        text: text('by') === 'person' ? `recorded that the person ${said}` : said,
        quote: text('what'),
        details: lines([['Words', text('text')]]),
      }
    }
    case 'action.done':
      return {
        text: ENDS[text('state')] ?? 'ended an action',
        quote: text('what'),
        parts: [
          ['Before', text('before')] as const,
          ['After', text('after')] as const,
          ['Seen', text('seen')] as const,
        ].filter(([, words]) => words !== ''),
      }
    case 'verification.recorded':
      return { text: `compared ${text('collector')} before and after`, details: [countsText(body.counts)] }
    default:
      return null
  }
}

function tellStep(body: LogEntry['body']): ToldMethod {
  const word = textOf(body, 'step')
  const step = METHOD_STEPS.find((known) => known === word)
  const title = step === undefined ? word : STEP_WORDS[step].title
  const reason = textOf(body, 'skipReason')
  if (reason !== '') return { text: `left out “${title}”`, quote: reason }
  const { content } = body
  return { text: `wrote at “${title}”`, quote: textOf(content, 'text'), parts: answersOf(content) }
}

function answersOf(content: unknown): readonly (readonly [string, string])[] {
  const answers: unknown = typeof content === 'object' && content !== null ? Reflect.get(content, 'answers') : null
  if (!Array.isArray(answers)) return []
  return answers.map((answer) => [textOf(answer, 'question'), textOf(answer, 'answer')] as const)
}

function lines(facts: readonly (readonly [name: string, text: string])[]): readonly string[] {
  return facts.flatMap(([name, text]) => (text === '' ? [] : [`${name}: ${text}`]))
}

function textOf(of: unknown, name: string): string {
  const value: unknown = typeof of === 'object' && of !== null ? Reflect.get(of, name) : ''
  return typeof value === 'string' ? value : ''
}
