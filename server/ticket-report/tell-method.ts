import { stepTitle } from '../method/steps.ts'
import { text } from './entry-text.ts'
import type { Teller } from './tell-names.ts'

/**
 * How the method is told. What the desk thinks is for the desk: the person reads which steps were taken, and of actions
 * and comparisons those that are about their own device or none.
 */
export const METHOD_TELLERS = {
  'method.step': (entry, { view }) => {
    const title = stepTitle(text(entry, 'step'))
    const reason = text(entry, 'skipReason')
    if (reason !== '')
      return view.isInternal ? `left out the step “${title}”: ${reason}` : `left out the step “${title}”`
    return `wrote at the step “${title}”`
  },
  'theory.added': (entry, { view }) => (view.isInternal ? `supposed: ${text(entry, 'statement')}` : null),
  'theory.judged': (entry, { view }) => {
    if (!view.isInternal) return null
    const result = text(entry, 'result')
    return `${VERDICTS[text(entry, 'verdict')] ?? 'judged'} the theory “${text(entry, 'statement')}”${result === '' ? '' : `: ${result}`}`
  },
  'action.planned': ofAction((entry) => `planned: ${text(entry, 'what')}`),
  'action.asked': ofAction((entry) => `asked the person whether this may be done: ${text(entry, 'what')}`),
  'action.judged': ofAction((entry, { view }) => {
    const isByPerson = text(entry, 'by') === 'person'
    const said = text(entry, 'state') === 'approved' ? 'approved' : 'declined'
    // The server writes down what the person signed; a lead decides in their own name.
    const verdict = isByPerson ? `recorded that the person ${said}` : said
    const words = view.isInternal || isByPerson ? text(entry, 'text') : ''
    return `${verdict}: ${text(entry, 'what')}${words === '' ? '' : ` (${words})`}`
  }),
  'action.done': ofAction((entry) => {
    const lines = [
      ['before', text(entry, 'before')],
      ['after', text(entry, 'after')],
      ['seen', text(entry, 'seen')],
    ].flatMap(([name = '', words = '']) => (words === '' ? [] : [`${name}: ${words}`]))
    return [`${ENDS[text(entry, 'state')] ?? 'ended'}: ${text(entry, 'what')}`, ...lines].join('; ')
  }),
  'verification.recorded': (entry, { view }) => {
    const deviceId = text(entry, 'deviceId')
    if (!view.showsDevice(deviceId)) return null
    return `compared ${view.collector(text(entry, 'collector'))} before and after on ${view.device(deviceId)}: ${countsText(entry.body.counts)}`
  },
} as const satisfies Readonly<Record<string, Teller>>

const VERDICTS: Readonly<Record<string, string>> = {
  open: 'opened again',
  confirmed: 'confirmed',
  refuted: 'refuted',
}
const ENDS: Readonly<Record<string, string>> = { done: 'did', failed: 'tried and failed', dropped: 'dropped' }

/** For entries about an action: one about another device is not for the person. */
function ofAction(teller: Teller): Teller {
  return (entry, names) => {
    const deviceId = text(entry, 'deviceId')
    return deviceId === '' || names.view.showsDevice(deviceId) ? teller(entry, names) : null
  }
}

/** "2 changed, 1 new, 0 gone, 40 the same". */
export function countsText(counts: unknown): string {
  const count = (name: string): number => {
    const value: unknown = typeof counts === 'object' && counts !== null ? Reflect.get(counts, name) : 0
    return typeof value === 'number' ? value : 0
  }
  return `${count('changed')} changed, ${count('added')} new, ${count('removed')} gone, ${count('same')} the same`
}
