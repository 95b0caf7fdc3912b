import { TicketAsk } from '@askfirst/protocol/ticket-ask.ts'
import { Compile } from 'typebox/compile'
import { timeText } from './report-words.ts'

const isTicketAsk = Compile(TicketAsk)

/** A question as a log entry has it, in a sentence for people. */
export function askWords(ask: unknown): string {
  if (!isTicketAsk.Check(ask)) return 'something that cannot be shown here'
  switch (ask.kind) {
    case 'approve-action': {
      const { action, risk, who } = ask.body
      return `whether they agree to this: ${action} (risk ${risk}, carried out by ${who})`
    }
    case 'pick-time': {
      const { what, options } = ask.body
      return `which time fits for: ${what} (${options.map(({ from }) => timeText(from)).join('; ')})`
    }
    case 'feedback':
      return 'how the help was'
  }
}
