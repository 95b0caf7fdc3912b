import type { Counter } from 'prom-client'

/** What browsers call a blocked thing that has no address (CSP 3, section 5.3), and Trusted Types their sinks. */
const KEYWORDS = new Set(['inline', 'eval', 'wasm-eval', 'data', 'blob', 'self', 'trusted-types-policy'])
const SINK = 'trusted-types-sink'
/** Directives of this server's policy; others are counted as one, so that nobody makes labels. */
const DIRECTIVES = new Set([
  'default-src',
  'script-src',
  'style-src',
  'img-src',
  'font-src',
  'connect-src',
  'manifest-src',
  'form-action',
  'base-uri',
  'frame-ancestors',
  'require-trusted-types-for',
  'trusted-types',
])
const MAX_ORIGIN = 100

/** A report as a browser, or anybody, sends it: every field is hostile text. */
type PolicyReport = Readonly<Record<string, unknown>>

/** What a log may hold of a report: no path, no query, no word of the page. */
interface PolicyReportFacts {
  readonly directive: string
  readonly blocked: string
  readonly page: string
}

/** Violations of the pages' content security policy: counted, never stored. */
export class PolicyReports {
  readonly #counter: Pick<Counter<'directive'>, 'inc'>
  #total = 0

  constructor(counter: Pick<Counter<'directive'>, 'inc'>) {
    this.#counter = counter
  }

  /** Since this process started. */
  get total(): number {
    return this.#total
  }

  /** Counts a report; the answer may stand in a log. */
  record(report: PolicyReport): PolicyReportFacts {
    const directive = directiveOf(report['effective-directive'] ?? report['violated-directive'])
    this.#total += 1
    this.#counter.inc({ directive })
    return { directive, blocked: blockedThing(report['blocked-uri']), page: pagePattern(report['document-uri']) }
  }
}

function directiveOf(value: unknown): string {
  const name = String(value).replace(/-(?:elem|attr)$/, '')
  return DIRECTIVES.has(name) ? name : 'other'
}

/** A keyword or an origin; a path may hold a secret. */
function blockedThing(value: unknown): string {
  const text = String(value)
  if (KEYWORDS.has(text)) return text
  if (text.startsWith(SINK)) return SINK
  const origin = urlOf(text)?.origin ?? 'null'
  return origin === 'null' || origin.length > MAX_ORIGIN ? 'other' : origin
}

/** The first word of the page's address; ids, words and tokens stand behind it. */
function pagePattern(value: unknown): string {
  const [, first = ''] = urlOf(String(value))?.pathname.split('/') ?? []
  return /^[a-z]{1,20}$/.test(first) ? `/${first}` : '/'
}

function urlOf(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}
