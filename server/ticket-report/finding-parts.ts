import type { Finding } from '../store/entities.ts'
import type { EditionView } from './edition-view.ts'
import type { Block, Fact } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import { rowsText, severityText, timeText, verdictText } from './report-words.ts'

/** What the rules found and what the desk made of it: one part for each finding that the edition may show. */
export function findingParts({ findings }: ReportInput, view: EditionView): readonly Block[] {
  return findings.filter(view.showsFinding).map((finding) => ({
    kind: 'part',
    title: `${severityText(finding.content.severity)}: ${finding.content.statement}`,
    blocks: [{ kind: 'facts', facts: factsOf(finding, view) }],
  }))
}

/** Reasons of a verdict are written for the desk. */
function factsOf({ content, state, reason, judgedBy, createdAt }: Finding, view: EditionView): readonly Fact[] {
  const rows = content.evidence.reduce((sum, { totalRows }) => sum + totalRows, 0)
  const from = [...new Set(content.evidence.map(({ collector }) => view.collector(collector)))].join(', ')
  return [
    ['Probable cause', content.probableCause],
    ['Check next', content.nextCheck.text],
    ['Prevention', content.prevention],
    ['Proved by', from === '' ? rowsText(rows) : `${rowsText(rows)} of ${from}`],
    ['Verdict', verdictText(state)],
    ...(view.isInternal && judgedBy !== null ? [['Judged by', view.person(judgedBy)] as const] : []),
    ...(view.isInternal && reason !== null ? [['Reason', reason] as const] : []),
    ...(view.isInternal ? [['Rule', `${content.rule}, version ${content.ruleVersion}`] as const] : []),
    ['Found', timeText(createdAt)],
  ]
}
