/**
 * Who a report is for: the desk, the person who asked for help (without what the desk keeps to itself), who takes an
 * escalated ticket over, or the desk that looks back at an outage.
 */
export const EDITIONS = ['internal', 'customer', 'handover', 'postmortem'] as const
export type Edition = (typeof EDITIONS)[number]

const EDITION_NAMES: Readonly<Record<Edition, string>> = {
  internal: 'Edition for the desk',
  customer: 'Edition for the person who asked for help',
  handover: 'Hand-over to who takes the ticket over',
  postmortem: 'Post-mortem',
}

/** What an edition is called on its first page. */
export function editionName(edition: Edition): string {
  return EDITION_NAMES[edition]
}

/** A piece of a report. Texts are plain and may come from anywhere: the writers make them safe. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  /** Somebody's own words, or lines to be kept as they are. */
  | { readonly kind: 'quote'; readonly text: string }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  /** A part with a heading of its own. */
  | { readonly kind: 'part'; readonly title: string; readonly blocks: readonly Block[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

export type Fact = readonly [name: string, value: string]

export interface Section {
  /** Unique in the report; also the anchor of the HTML. */
  readonly id: string
  readonly title: string
  readonly blocks: readonly Block[]
}

/** A ticket for people, before it is HTML or PDF. */
export interface ReportDocument {
  readonly title: string
  readonly edition: Edition
  readonly madeAt: string
  readonly organisation: string
  /** Size and end of the log that the report was made from. */
  readonly verificationCode: string
  readonly sections: readonly Section[]
}

/** Most items of one list or table; what is beyond is counted, and the export has it. */
export const MAX_ITEMS = 5_000

/** The first items of a list, and a sentence about the rest where there is one. */
export function bounded<Item>(items: readonly Item[]): {
  readonly shown: readonly Item[]
  readonly rest: readonly Block[]
} {
  if (items.length <= MAX_ITEMS) return { shown: items, rest: [] }
  const text = `Only the first ${MAX_ITEMS.toLocaleString('en')} of ${items.length.toLocaleString('en')} stand here. The exported ticket has all of them.`
  return { shown: items.slice(0, MAX_ITEMS), rest: [{ kind: 'text', text }] }
}
