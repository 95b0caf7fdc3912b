import type { LogEntry } from '@askfirst/protocol/findings-log.ts'
import type { StatementRecord } from '@askfirst/protocol/statement-record.ts'
import { escapeHtml } from '../escape-html.ts'
import { describeProblem } from '../people/opened-ticket.ts'
import type { Finding, Ticket } from '../store/entities.ts'
import { isStatedBody } from './log-bodies.ts'

/** README of a bundle, for whoever opens the zip. */
export function bundleReadme(ticket: Ticket): string {
  return `AskFirst: evidence of ticket ${ticket.number}

This file holds the whole story of one support ticket: what was asked, what the person at the machine allowed, what was
read, and what was concluded. report.html is for people; the rest is for machines.

Nothing in it can be changed without being found. To check it, without any network:

    askfirst-server verify THIS-FILE.zip

The check walks the hash chain of the log, the signature of every consent receipt against the device's certificate, the
digest of every piece of rows, the server's signature, and every byte of this file, and names the first entry that is
wrong. The keys stand in manifest.json: compare them with what the server's owner publishes.

Files that the person added are in attachments/, under their ids; their names and kinds stand in log.ndjson. They come
from somebody's machine: open them as carefully as an attachment of an e-mail.

Rows are in chunks/, as zstd-compressed NDJSON exactly as the device sent them: zstd -dc chunks/RUN/00000.zst
`
}

const CSS = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2{line-height:1.2}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .6rem .35rem 0;border-bottom:1px solid color-mix(in srgb,currentColor 25%,transparent)}
code{overflow-wrap:anywhere}.finding{border-left:.3rem solid;padding-left:1rem;margin:1rem 0}
@media print{body{margin:0}}`

/** The ticket for people: facts, findings, the log. Every text from people and machines is escaped; there is no script. */
export function bundleReport(input: {
  readonly ticket: Ticket
  readonly entries: readonly LogEntry[]
  readonly findings: readonly Finding[]
  readonly verifierKey: string
}): string {
  const { ticket, entries, findings, verifierKey } = input
  const head = entries.at(-1)?.hash ?? ''
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="content-security-policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Ticket ${ticket.number}: ${escapeHtml(ticket.title)}</title><style>${CSS}</style></head><body>
<h1>Ticket ${ticket.number}: ${escapeHtml(ticket.title)}</h1>
<p>${escapeHtml(ticket.description)}</p>
<table><tbody>
${fact('Requester', ticket.requesterName)}${fact('State', ticket.state)}${fact('Priority', priorityWords(ticket))}
${fact('Opened', ticket.createdAt)}${fact('Log entries', String(entries.length))}
</tbody></table>
<h2>Findings</h2>
${findings.length === 0 ? '<p>No findings.</p>' : findings.map(findingHtml).join('\n')}
<h2>What happened</h2>
<table><thead><tr><th scope="col">No.</th><th scope="col">Time (UTC)</th><th scope="col">Who</th><th scope="col">What</th></tr></thead><tbody>
${entries.map(entryHtml).join('\n')}
</tbody></table>
<h2>Verification</h2>
<p>The log ends with <code>${head}</code>. It is signed with the key <code>${escapeHtml(verifierKey)}</code>.
Check this file with <code>askfirst-server verify</code>.</p>
</body></html>
`
}

function priorityWords({ impact, urgency, priority, priorityReason }: Ticket): string {
  const { byMatrix, override } = priorityReason
  if (override === null) return `P${priority} by the matrix: impact ${impact}, urgency ${urgency}`
  return `P${priority} instead of P${byMatrix}: ${override.reason} (${override.userName}, ${override.at})`
}

function fact(name: string, value: string): string {
  return `<tr><th scope="row">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`
}

function findingHtml({ content, state }: Finding): string {
  return `<section class="finding"><h3>${escapeHtml(content.severity)}: ${escapeHtml(content.statement)}</h3>
<p>Probable cause: ${escapeHtml(content.probableCause)}</p><p>Check next: ${escapeHtml(content.nextCheck.text)}</p>
<p>Prevention: ${escapeHtml(content.prevention)}</p><p>Rule ${escapeHtml(content.rule)}; ${escapeHtml(state)};
proved by ${content.evidence.reduce((sum, evidence) => sum + evidence.totalRows, 0)} rows.</p></section>`
}

const WHAT: Readonly<Record<LogEntry['kind'], string>> = {
  'ticket.opened': 'Ticket opened',
  'ticket.changed': 'Ticket changed',
  'note.added': 'Note',
  'consent.requested': 'Permission asked for',
  'consent.withdrawn': 'Request taken back',
  'consent.refused': 'Request refused by the device',
  'consent.receipt': 'Answer of the person',
  'consent.revoked': 'Permission taken back by the person',
  'run.ordered': 'Collector ordered',
  'run.accepted': 'Collector started',
  'run.refused': 'Collector refused by the device',
  'run.ended': 'Collector ended',
  'finding.added': 'Finding',
  'finding.judged': 'Finding judged',
  'consent.reported': 'Reported as suspicious by the person',
  'report.cleared': 'Report looked at, block lifted',
  'person.stated': 'The person said',
  'message.sent': 'Message to the person',
  'attachment.stored': 'File of the person',
}

function entryHtml(entry: LogEntry): string {
  return `<tr><td>${entry.seq}</td><td>${entry.at.slice(0, 19).replace('T', ' ')}</td><td>${escapeHtml(entry.actor.name)}</td><td>${WHAT[entry.kind]}${detail(entry)}</td></tr>`
}

/** The fields of an entry that a person wants to see, by name; the whole body is in log.ndjson. */
const SHOWN = ['text', 'collector', 'state', 'code', 'matchCode', 'statement', 'reason', 'name'] as const

function detail({ body }: LogEntry): string {
  const completeness = body.completeness
  const parts = SHOWN.flatMap((name) => (typeof body[name] === 'string' ? [body[name]] : []))
  if (isStatedBody.Check(body)) parts.push(`${body.osUser}: ${wordsOf(body.said)}`)
  if (typeof completeness === 'object' && completeness !== null && 'state' in completeness && 'rows' in completeness) {
    parts.push(`${String(completeness.state)}, ${String(completeness.rows)} rows`)
  }
  return parts.length === 0 ? '' : `: ${escapeHtml(parts.join('; '))}`
}

/** What the person said, without its form: each field that they filled in, or their answer. */
function wordsOf(said: StatementRecord['said']): string {
  if (said.kind === 'answer') return [said.fixed ? 'It is fixed' : 'It is not fixed', said.text ?? ''].join(' ').trim()
  return said.kind === 'reply' ? said.text : `${said.title}\n${describeProblem(said)}`
}
