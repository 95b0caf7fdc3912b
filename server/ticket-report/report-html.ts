import { createHash } from 'node:crypto'
import { escapeHtml } from '../escape-html.ts'
import type { Block, ReportDocument, Section } from './report-document.ts'
import { editionName } from './report-document.ts'

const CSS = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif;--soft:light-dark(#555c66,#a8b0bb);--line:light-dark(#c9ced6,#4a515c);--accent:light-dark(#1f5fbf,#8ab4f8);--sunken:light-dark(#f3f5f8,#20242b)}
body{margin:0;background:light-dark(#fff,#14171c);color:light-dark(#1a1d21,#e8eaed)}
main{max-width:62rem;margin:0 auto;padding:1.5rem 1rem 3rem;overflow-wrap:anywhere}
h1,h2,h3{line-height:1.25}h2{margin-top:2.5rem;border-bottom:1px solid var(--line)}h3{margin:1.5rem 0 .25rem;font-size:1rem}
a{color:var(--accent)}a:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
nav ul{columns:15rem;padding-left:1.2rem}.made{color:var(--soft)}
dl{display:grid;grid-template-columns:minmax(7rem,12rem) minmax(0,1fr);gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--soft)}dd{margin:0;white-space:pre-line}
blockquote{margin:.5rem 0;padding:.5rem 1rem;border-left:.25rem solid var(--line);background:var(--sunken);white-space:pre-wrap}
table{border-collapse:collapse;width:100%}thead{display:table-header-group}tr{break-inside:avoid}
th,td{text-align:start;vertical-align:top;padding:.35rem .75rem .35rem 0;border-bottom:1px solid var(--line);white-space:pre-line}
td:not(:last-child){min-width:5.5rem}th{white-space:nowrap}
@media(max-width:40rem){dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:.4rem}thead{position:absolute;clip-path:inset(50%);height:1px;width:1px;overflow:hidden}table,tbody,tr,td{display:block}td{border:0;padding:0}tr{padding:.5rem 0;border-bottom:1px solid var(--line)}}
@media print{:root{color-scheme:light}main{max-width:none;padding:0}nav{display:none}h2,h3{break-after:avoid}@page{margin:18mm}}`

/** What a browser may do with a report: show it with its own style, by the style's hash, and nothing else. */
export const REPORT_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(CSS).digest('base64')}'; base-uri 'none'; form-action 'none'`

/**
 * A report as one HTML file in pieces: no script, nothing loaded from elsewhere, every text escaped and in its own
 * direction.
 */
export function* reportHtml(report: ReportDocument): Generator<string> {
  const title = escapeHtml(report.title)
  yield `<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="content-security-policy" content="${REPORT_POLICY}">
<title>${title}</title><style>${CSS}</style></head><body><main>
<h1 dir="auto">${title}</h1>
<p class="made">${editionName(report.edition)}, made ${escapeHtml(report.madeAt)} by ${escapeHtml(report.organisation)}.<br>
Verification code <code>${escapeHtml(report.verificationCode)}</code></p>
<nav aria-label="Sections"><ul>${report.sections.map(({ id, title: name }) => `<li><a href="#${id}">${escapeHtml(name)}</a></li>`).join('')}</ul></nav>
`
  for (const section of report.sections) yield* sectionHtml(section)
  yield '</main></body></html>\n'
}

function* sectionHtml({ id, title, blocks }: Section): Generator<string> {
  yield `<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${escapeHtml(title)}</h2>\n`
  for (const block of blocks) yield* blockHtml(block)
  yield '</section>\n'
}

function* blockHtml(block: Block): Generator<string> {
  switch (block.kind) {
    case 'text':
      yield `<p dir="auto">${escapeHtml(block.text)}</p>\n`
      return
    case 'quote':
      yield `<blockquote dir="auto">${escapeHtml(block.text)}</blockquote>\n`
      return
    case 'facts':
      yield `<dl>${block.facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd dir="auto">${escapeHtml(value)}</dd>`).join('\n')}</dl>\n`
      return
    case 'list':
      yield `<ul>${block.items.map((item) => `<li dir="auto">${escapeHtml(item)}</li>`).join('\n')}</ul>\n`
      return
    case 'part':
      yield `<h3 dir="auto">${escapeHtml(block.title)}</h3>\n`
      for (const inner of block.blocks) yield* blockHtml(inner)
      return
    case 'table':
      yield* tableHtml(block)
  }
}

/** The roles stay where a narrow screen shows the rows as blocks, which would take them away. */
function* tableHtml({ head, rows }: Extract<Block, { kind: 'table' }>): Generator<string> {
  const cells = head.map((name) => `<th scope="col" role="columnheader">${escapeHtml(name)}</th>`).join('')
  yield `<table role="table"><thead role="rowgroup"><tr role="row">${cells}</tr></thead><tbody role="rowgroup">\n`
  for (const row of rows)
    yield `<tr role="row">${row.map((cell) => `<td role="cell" dir="auto">${escapeHtml(cell)}</td>`).join('')}</tr>\n`
  yield '</tbody></table>\n'
}
