import { escapeHtml } from '../escape-html.ts'
import type { PersonKey } from '../store/people-store.ts'
import type { HeldTicket } from './people-service.ts'
import type { PersonFileInput } from './person-file.ts'

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
table{border-collapse:collapse}th,td{text-align:start;padding:.25rem .75rem;border-bottom:1px solid}`

/** The page that a person reads first: what is kept on them, and which file holds what. @param names of the zip's files */
export function personIndex({ person, tickets, at }: PersonFileInput, names: readonly string[]): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>What is kept on you</title><style>${STYLE}</style></head><body>
<h1>What is kept on you</h1>
<p>Made on ${escapeHtml(at)} for ${escapeHtml(person.map(keyText).join('; '))}.</p>
<h2>Tickets</h2>
<table><thead><tr><th>No.</th><th>Title</th><th>What</th><th>Log entries</th><th>Files</th><th>Rows</th><th>Mails</th></tr></thead><tbody>
${tickets.map(ticketRow).join('\n')}
</tbody></table>
<h2>Files</h2>
<ul>
${names.map((name) => `<li><a href="${escapeHtml(name)}">${escapeHtml(name)}</a></li>`).join('\n')}
</ul>
<h2>How to read them</h2>
<ul>
<li><code>person.json</code>: by what you were found, and what is kept, in numbers.</li>
<li><code>tickets/…/ticket.json</code>: a ticket that is yours: what you and the desk wrote, what you were asked and answered
(<code>consent</code>, with each receipt in the clear), what ran on your device, what was found, and the ticket’s whole log.
Of mails it has the newest 100.</li>
<li><code>tickets/…/rows</code>: what was read on your device, one JSON object a line.</li>
<li><code>tickets/…/files</code>: what you added; the names that you gave stand in <code>ticket.json</code>.</li>
<li><code>tickets/…/mentions.json</code>: of a ticket of somebody else only what you said and where you are named.</li>
</ul>
</body></html>
`
}

function ticketRow({ number, title, part, holdings }: HeldTicket): string {
  // The title of somebody else's ticket is theirs.
  const cells = part === 'whole' ? [title, 'your ticket'] : ['', 'a ticket of somebody else that names you']
  const { entries, files, rows, mails } = holdings
  return `<tr><td>${number}</td>${[...cells, entries, files, rows, mails].map((cell) => `<td>${escapeHtml(String(cell))}</td>`).join('')}</tr>`
}

function keyText(key: PersonKey): string {
  switch (key.kind) {
    case 'address':
      return key.address
    case 'account':
      return `the account ${key.osUser}`
    case 'name':
      return key.name
  }
}
