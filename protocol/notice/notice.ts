import type { Static } from 'typebox'
import { Type } from 'typebox'
import { closed } from '../define-message.ts'
import { CollectorId } from '../fields.ts'
import type { CollectorTranslation, NoticeWords } from '../languages/language.ts'
import type { ConsentRequest } from '../messages/consent-request.ts'
import { durationInWords } from './duration-words.ts'
import type { Language } from './languages.ts'
import { counted, fill, LANGUAGES, noticeWords } from './languages.ts'
import { parametersInWords } from './parameter-words.ts'
import type { TextLabels } from './plain-text.ts'
import { plainText, quoted } from './plain-text.ts'
import { spanParts } from './span-parts.ts'

/** Parts of a notice, in the order in which they are shown. */
const NOTICE_SECTIONS = [
  'intro',
  'who',
  'ticket',
  'window',
  'match',
  'lifted',
  'earlier',
  'collectors',
  'duration',
  'handling',
  'control',
] as const

const text = Type.String({ maxLength: 16_384 })

/** One collector as the person is told of it; the person can say yes or no to each. */
export const NoticeItem = Type.Object(
  {
    collector: CollectorId,
    title: text,
    reads: text,
    notRead: text,
    /** One line for each parameter. */
    parameters: Type.Array(text, { maxItems: 64 }),
  },
  closed,
)
export type NoticeItem = Static<typeof NoticeItem>

export const NoticeSection = Type.Object(
  {
    id: Type.Enum([...NOTICE_SECTIONS]),
    /** Empty: the section has none. */
    heading: text,
    lines: Type.Array(text, { maxItems: 16 }),
    items: Type.Array(NoticeItem, { maxItems: 64 }),
  },
  closed,
)
export type NoticeSection = Static<typeof NoticeSection>

/** All that a person reads before they answer, as the parts that a page or a terminal lays out. */
export const Notice = Type.Object(
  {
    language: Type.Enum([...LANGUAGES]),
    title: text,
    /** Null: the request was not sent, so it has none yet. */
    matchCode: Type.Union([Type.String({ pattern: '^[2-9A-HJ-NP-Z]{4}$' }), Type.Null()]),
    sections: Type.Array(NoticeSection, { maxItems: NOTICE_SECTIONS.length }),
  },
  closed,
)
export type Notice = Static<typeof Notice>

/** One collector's words, and what they are in other languages. */
export interface CollectorWords {
  readonly id: string
  readonly title: string
  readonly tellUser: string
  readonly notRead: string
  /** JSON Schema of the parameters. */
  readonly params: { readonly properties?: unknown }
  readonly translations?: Readonly<Record<string, CollectorTranslation | undefined>> | undefined
}

/** A report of the person about the technician, whose block was lifted since. */
export interface LiftedBlock {
  readonly reportedAt: string
  readonly liftedAt: string
  /** As the server names them. */
  readonly by: string
  readonly reason: string
}

export interface NoticeInput {
  readonly request: Pick<
    ConsentRequest,
    | 'requestId'
    | 'ticket'
    | 'technician'
    | 'organisation'
    | 'purpose'
    | 'collectors'
    | 'destination'
    | 'retentionDays'
    | 'replaces'
    | 'window'
  >
  readonly language: Language
  /** Time zone in which times of day are told, by its IANA name; it is named beside them. */
  readonly timeZone: string
  readonly matchCode: string | null
  /** The agent's own words for a collector. */
  readonly describe: (collector: string) => CollectorWords | undefined
  /** Longest time that a yes gives, in ms. */
  readonly longestMs: number
  readonly personalData: 'keep' | 'pseudonymise'
  /** The rules of the computer want the person to look before anything is sent. */
  readonly mustReview: boolean
  /** Name under which this device knows the technician of the grant that the request would replace; absent: unknown grant. */
  readonly earlierTechnician?: string | undefined
  /** From the device's own record; absent: the ticket was not opened on it, or whoever makes the notice cannot know. */
  readonly openedHere?: OpenedHere | undefined
  /** Newest report about this technician that was lifted; absent: none. */
  readonly lifted?: LiftedBlock | undefined
}

/** A ticket that was opened on the device that shows the notice. */
export interface OpenedHere {
  readonly at: string
  /** Account that opened it. */
  readonly osUser: string
}

interface Said extends NoticeInput {
  readonly words: NoticeWords
  readonly labels: TextLabels
}

/**
 * What a person is told before they answer (SPEC C3, C19): who, why, what, how long, where it goes, how to stop. A pure
 * function, so that agent and server say the same. The words are the agent's own; what a server says stands in
 * quotation marks, on a line that begins with a word of ours.
 */
export function makeNotice(input: NoticeInput): Notice {
  const words = noticeWords(input.language)
  const said: Said = { ...input, words, labels: { empty: words['value.empty'], cut: words['value.cut'] } }
  return {
    language: input.language,
    title: words.title,
    matchCode: input.matchCode,
    sections: [
      section('intro', '', [words.intro]),
      who(said),
      ticket(said),
      ...onlyWithin(said),
      match(said),
      ...lifted(said),
      ...earlier(said),
      collectors(said),
      duration(said),
      handling(said),
      section('control', words['control.heading'], [words['control.text']]),
    ],
  }
}

/** How the person stops it, in the words of the notice. */
export function withdrawalMethod(requestId: string, language: Language): string {
  return fill(noticeWords(language)['duration.method'], { id: requestId })
}

function section(
  id: NoticeSection['id'],
  heading: string,
  lines: readonly string[],
  items: readonly NoticeItem[] = [],
): NoticeSection {
  return { id, heading, lines: [...lines], items: [...items] }
}

function who({ request: { technician, organisation }, words, labels }: Said): NoticeSection {
  const name = quoted(technician.name, 200, labels)
  return section('who', words['who.heading'], [
    fill(words['who.person'], { name, role: words[`role.${technician.role}`] }),
    fill(words['who.organisation'], { name: quoted(organisation.name, 200, labels) }),
    fill(words['who.contact'], { contact: quoted(organisation.contact, 200, labels) }),
    words['who.verified'],
  ])
}

function ticket(said: Said): NoticeSection {
  const { request, words, labels } = said
  const { number, title } = request.ticket
  return section('ticket', words['ticket.heading'], [
    fill(words['ticket.ticket'], { number, title: quoted(title, 200, labels) }),
    opened(said),
    fill(words['ticket.purpose'], { purpose: quoted(request.purpose, 1_000, labels) }),
  ])
}

/** Who opened the ticket: the device's own record first; what only the server says stands as its word (SPEC P3). */
function opened({ request, openedHere, language, words, labels }: Said): string {
  if (openedHere !== undefined) {
    const account = quoted(openedHere.osUser, 255, labels)
    return fill(words['ticket.openedHere'], { day: dayOf(openedHere.at, language), account })
  }
  const { openedBy, requester } = request.ticket
  const text = openedBy === 'requester' ? words['ticket.openedElsewhere'] : words['ticket.openedByDesk']
  return fill(text, { requester: quoted(requester, 200, labels) })
}

/** A permission for an appointment says first of all when (SPEC C24, C25). */
function onlyWithin({ request: { window }, language, timeZone, longestMs, words, labels }: Said): NoticeSection[] {
  if (window === undefined) return []
  const until = new Date(Math.min(Date.parse(window.until), Date.parse(window.from) + longestMs)).toISOString()
  const span = { from: window.from, until }
  const zone = plainText(timeZone, 80, labels)
  return [
    section('window', words['window.heading'], [
      fill(words['window.only'], { ...spanParts(span, language, timeZone), zone }),
      words['window.ends'],
    ]),
  ]
}

function match({ matchCode, words }: Said): NoticeSection {
  const heading = matchCode === null ? words['match.headingUnknown'] : fill(words['match.heading'], { code: matchCode })
  return section('match', heading, [words['match.advice']])
}

function lifted({ lifted: block, request, language, words, labels }: Said): NoticeSection[] {
  if (block === undefined) return []
  const line = fill(words['lifted.text'], {
    reported: dayOf(block.reportedAt, language),
    lifted: dayOf(block.liftedAt, language),
    name: quoted(request.technician.name, 200, labels),
    by: quoted(block.by, 200, labels),
    reason: quoted(block.reason, 500, labels),
  })
  return [section('lifted', words['lifted.heading'], [line])]
}

function dayOf(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(instant))
}

function earlier({ request: { replaces, technician }, earlierTechnician, words, labels }: Said): NoticeSection[] {
  if (replaces === undefined) return []
  const reasons = {
    escalation: words['earlier.escalation'],
    reassignment: words['earlier.reassignment'],
    'more-data': words['earlier.moreData'],
  } as const
  const given =
    earlierTechnician === undefined
      ? fill(words['earlier.unknown'], { name: quoted(replaces.technicianName, 200, labels) })
      : fill(words['earlier.known'], { name: quoted(earlierTechnician, 200, labels) })
  const line = fill(words['earlier.text'], {
    why: reasons[replaces.why],
    given,
    name: quoted(technician.name, 200, labels),
  })
  return [section('earlier', words['earlier.heading'], [line])]
}

function collectors(said: Said): NoticeSection {
  const { request, describe, words } = said
  const items = request.collectors.flatMap(({ id, params }) => {
    const known = describe(id)
    return known === undefined ? [] : [item(said, known, params)]
  })
  const heading = fill(words['collectors.heading'], { count: request.collectors.length })
  return section('collectors', heading, [], items)
}

function item(
  { language, words, labels }: Said,
  known: CollectorWords,
  params: Readonly<Record<string, unknown>>,
): NoticeItem {
  const translated = known.translations?.[language]
  const { title, tellUser, notRead } = translated ?? known
  return {
    collector: known.id,
    title: plainText(title, 120, labels),
    reads: plainText(tellUser, 600, labels),
    notRead: plainText(notRead, 600, labels),
    parameters: parametersInWords(known.params, params, { words, translated: translated?.params }),
  }
}

function duration({ request, language, longestMs, words }: Said): NoticeSection {
  return section('duration', words['duration.heading'], [
    fill(words[request.window === undefined ? 'duration.yes' : 'window.duration'], {
      duration: durationInWords(longestMs, words),
    }),
    fill(words['duration.stop'], { method: withdrawalMethod(request.requestId, language) }),
  ])
}

function handling({ request, personalData, mustReview, words, labels }: Said): NoticeSection {
  const personal = personalData === 'pseudonymise' ? words['handling.replaced'] : words['handling.asItIs']
  return section('handling', words['handling.heading'], [
    fill(words['handling.destination'], { destination: quoted(request.destination, 300, labels) }),
    fill(words['handling.kept'], { days: counted(request.retentionDays, 'days', words) }),
    fill(personal, { secrets: words['handling.secrets'] }),
    ...(mustReview ? [words['handling.review']] : []),
  ])
}
