import { bundleReport } from '@askfirst/server/export/bundle-texts.ts'
import { DEFAULT_MATRIX } from '@askfirst/server/settings/priority-matrix.ts'
import type { PriorityOverride } from '@askfirst/server/store/priority-entities.ts'
import { newTicket } from '@askfirst/server/tickets/new-ticket.ts'
import { expect, it } from 'vitest'
import { AT, freshId } from '../../../support/store-records.ts'

function reportOf(override: PriorityOverride | null): string {
  const wish = { title: 'Printer', description: '', requesterName: 'Rae', requesterEmail: null } as const
  const graded = { openedBy: 'desk', deviceIds: [], impact: 'medium', urgency: 'high' } as const
  const { ticket } = newTicket({ ...wish, ...graded }, { id: freshId('tkt'), at: AT, matrix: DEFAULT_MATRIX })
  const reason = override === null ? {} : { priority: 1, priorityReason: { byMatrix: 2, override } }
  const whole = { ...ticket, number: 1, version: 1, ...reason }
  return bundleReport({ ticket: whole, entries: [], findings: [], verifierKey: 'key' })
}

it('the report says why the ticket has its priority', () => {
  expect(reportOf(null)).toContain('<td>P2 by the matrix: impact medium, urgency high</td>')
  const override = { reason: 'the talk <b>starts</b>', userId: 'usr_1', userName: 'Ada <i>Lead</i>', at: AT }
  expect(reportOf(override)).toContain(
    `<td>P1 instead of P2: the talk &lt;b&gt;starts&lt;/b&gt; (Ada &lt;i&gt;Lead&lt;/i&gt;, ${AT})</td>`,
  )
})
