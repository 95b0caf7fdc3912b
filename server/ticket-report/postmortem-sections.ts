import { isStatedBody } from '../export/log-bodies.ts'
import { AFFECTED_WORDS, HINDRANCE_WORDS } from '../people/opened-ticket.ts'
import type { Target } from '../store/clock-entities.ts'
import type { PlannedAction } from '../store/method-entities.ts'
import { text } from './entry-text.ts'
import { comparisonParts } from './method-parts.ts'
import type { Block, Fact, Section } from './report-document.ts'
import type { ReportInput } from './report-input.ts'
import type { Making } from './report-sections.ts'
import { listed, problem, summary, table } from './report-sections.ts'
import { stretchText, timeText } from './report-words.ts'
import { targetName } from './tell-clock.ts'
import { courseOf, milestonesOf } from './ticket-course.ts'

const NOT_RECORDED = 'Not recorded'

/** What the desk learns from: how long what took, what it meant, why it was, what helped, and what is to be different. */
export function postmortemSections(making: Making): readonly Section[] {
  const { input } = making
  return [
    summary(making),
    problem(making),
    durations(input),
    course(making),
    impact(making),
    cause(input),
    listed('helped', 'What helped, and what did not', tried(input), 'No action was recorded.'),
    listed('changed', 'What was changed', changed(making), 'No change was recorded.'),
    table('prevention', { ...PREVENTION, rows: measureRows(input) }),
    targets(input),
    lessons(input),
  ]
}

function durations(input: ReportInput): Section {
  const { reported, answered, causeFound, fixed, confirmed } = milestonesOf(input)
  const since = (at: string | null) =>
    at === null ? NOT_RECORDED : `${stretchText(Date.parse(at) - Date.parse(reported))} (${timeText(at)})`
  const facts: readonly Fact[] = [
    ['Reported', timeText(reported)],
    ['Until the first response', since(answered)],
    ['Until the cause was found', since(causeFound)],
    ['Until it was fixed', since(fixed)],
    ['Until the person confirmed it', since(confirmed)],
    ['Of that, waiting for others', waitedText(input)],
  ]
  const about =
    'Time on the wall clock since it was reported; what was promised counts in the hours of the desk, below.'
  return {
    id: 'durations',
    title: 'How long it took',
    blocks: [
      { kind: 'text', text: about },
      { kind: 'facts', facts },
    ],
  }
}

function waitedText({ times }: ReportInput): string {
  const { facts } = times
  if (facts === null) return NOT_RECORDED
  const end = facts.endedAt === null ? Number.POSITIVE_INFINITY : Date.parse(facts.endedAt)
  const waited = facts.stopped.reduce((sum, { from, to }) => {
    const until = Math.min(end, to === null ? end : Date.parse(to))
    return sum + Math.max(0, Number.isFinite(until) ? until - Date.parse(from) : 0)
  }, 0)
  return waited === 0 ? 'None' : stretchText(waited)
}

function course({ input, view }: Making): Section {
  const { reported } = milestonesOf(input)
  const rows = courseOf(input, view).map(({ at, what, who }) => [
    timeText(at),
    stretchText(Date.parse(at) - Date.parse(reported)),
    who,
    what,
  ])
  const head = ['Time', 'After', 'Who', 'What']
  return table('course', { title: 'Timeline', head, rows, none: 'The log tells of no event.' })
}

function impact({ input, view }: Making): Section {
  const { ticket, entries } = input
  const said = entries.flatMap(({ body }) =>
    isStatedBody.Check(body) && body.said.kind === 'opened' ? [body.said] : [],
  )[0]
  const words: readonly Fact[] =
    said === undefined
      ? [['In the person’s words', NOT_RECORDED]]
      : [
          ['How much it hindered', HINDRANCE_WORDS[said.hindrance]],
          ['Who was affected', AFFECTED_WORDS[said.affected]],
          ['In the person’s words', said.impact ?? NOT_RECORDED],
        ]
  const facts: readonly Fact[] = [
    ['Impact and urgency', `${ticket.impact} and ${ticket.urgency}`],
    ...words,
    ['Devices', ticket.deviceIds.map(view.device).join(', ') || 'None'],
    ['Tickets about the same', sameTickets(input)],
  ]
  return { id: 'impact', title: 'What it meant', blocks: [{ kind: 'facts', facts }] }
}

/** Numbers of those that were closed as duplicates of this one or merged into it. */
function sameTickets({ entries }: ReportInput): string {
  const numbers = new Set<string>()
  for (const entry of entries) {
    const { kind, body } = entry
    const isSame = kind === 'ticket.merged' || (kind === 'ticket.linked' && text(entry, 'link') === 'has-duplicate')
    if (!isSame) continue
    const number = `#${String(body['number'])}`
    if (body['removed'] === true) numbers.delete(number)
    else numbers.add(number)
  }
  return [...numbers].join(', ') || 'None'
}

function cause({ method, findings }: ReportInput): Section {
  const theories = method.theories.filter(({ verdict }) => verdict === 'confirmed')
  const proofs = findings.filter(({ state }) => state === 'confirmed')
  const parts = theories.map(({ statement, result, findingIds, judgedAt, judgedBy }): Block => {
    const shown = result === null || result === '' ? NOT_RECORDED : result
    const facts: readonly Fact[] = [
      ['The test showed', shown],
      ...proofs
        .filter(({ id }) => findingIds.includes(id))
        .map(({ content }): Fact => ['Finding', `${content.statement} Probable cause: ${content.probableCause}`]),
      ['Confirmed', judgedAt === null ? NOT_RECORDED : `${timeText(judgedAt)}, by ${judgedBy?.name ?? NOT_RECORDED}`],
    ]
    return { kind: 'part', title: statement, blocks: [{ kind: 'facts', facts }] }
  })
  const none = 'The root cause was not recorded: no theory was confirmed.'
  const refuted = method.theories.filter(({ verdict }) => verdict === 'refuted').map(({ statement }) => statement)
  const section = listed('cause', 'Root cause', parts, none)
  if (refuted.length === 0) return section
  const wrong: Block = { kind: 'part', title: 'What it was not', blocks: [{ kind: 'list', items: refuted }] }
  return { ...section, blocks: [...section.blocks, wrong] }
}

const ENDS: Readonly<Partial<Record<PlannedAction['state'], string>>> = {
  done: 'Done',
  failed: 'Did not work',
}

function tried({ method }: ReportInput): readonly Block[] {
  return method.actions.flatMap(({ state, what, doer, outcome, approval, endedAt, needsApproval }) => {
    const end = ENDS[state]
    if (end === undefined) return []
    const agreed = approval === null ? [] : [['Agreed to by', `${approval.name}, ${timeText(approval.at)}`] as const]
    const facts: readonly Fact[] = [
      ['By', doer.name],
      ...(needsApproval ? agreed : []),
      ['What came of it', outcome?.seen ?? NOT_RECORDED],
      ['Ended', endedAt === null ? NOT_RECORDED : timeText(endedAt)],
    ]
    return [{ kind: 'part', title: `${end}: ${what}`, blocks: [{ kind: 'facts', facts }] } as const]
  })
}

/** Settings before and after, as people wrote them down and as the collectors read them. */
function changed({ input, view }: Making): readonly Block[] {
  const rows = input.method.actions.flatMap(({ state, what, outcome }) =>
    state === 'done' && outcome !== null && (outcome.before !== null || outcome.after !== null)
      ? [[what, outcome.before ?? NOT_RECORDED, outcome.after ?? NOT_RECORDED]]
      : [],
  )
  const written: readonly Block[] =
    rows.length === 0 ? [] : [{ kind: 'table', head: ['What', 'Before', 'After'], rows }]
  // Its measures have a section of their own.
  const method = { ...input.method, steps: [] }
  return [...written, ...comparisonParts({ ...input, method }, view)]
}

const PREVENTION = {
  title: 'So that it does not come back',
  head: ['Measure', 'State'],
  none: 'No preventive measure was recorded.',
} as const

function measureRows({ method, findings }: ReportInput): readonly (readonly string[])[] {
  const measures = method.steps.flatMap(({ content }) => content?.measures ?? [])
  const taken = new Set(measures.flatMap(({ text: words, findingId }) => [words, findingId ?? '']))
  const left = findings.filter(
    ({ id, state, content }) => state === 'confirmed' && !taken.has(id) && !taken.has(content.prevention),
  )
  return [
    ...measures.map(({ text: words, isDone }) => [words, isDone ? 'Done' : 'Not done']),
    ...[...new Set(left.map(({ content }) => content.prevention))].map((words) => [
      words,
      'Proposed by a finding; nobody took it up',
    ]),
  ]
}

const RESULTS: Readonly<Record<Target['state'], string>> = {
  met: 'Kept',
  missed: 'Missed',
  running: 'Still runs',
  paused: 'Stands still',
}

/** What was promised by the settings of today, and the ends of times that were recorded as they came. */
function targets(input: ReportInput): Section {
  const { times, entries } = input
  const rows = times.targets.map(({ target, minutes, state, dueAt }) => [
    `Time for ${targetName(target)}`,
    stretchText(minutes * 60_000),
    state === 'missed' && dueAt !== null ? `Missed; it was over at ${timeText(dueAt)}` : RESULTS[state],
  ])
  const section = table('targets', {
    ...{ title: 'Promises kept and missed', head: ['Promise', 'Open time', 'Result'], rows },
    none:
      times.facts === null ? 'The times of this ticket were not recorded.' : 'Nothing was promised for this priority.',
  })
  const breaches = entries
    .filter(({ kind }) => kind === 'clock.breached')
    .map((entry) => `${timeText(entry.at)}: the time for ${targetName(text(entry, 'target'))} was over`)
  const part: readonly Block[] =
    breaches.length === 0
      ? [{ kind: 'text', text: 'No time ran out while the ticket was worked on.' }]
      : [{ kind: 'part', title: 'Times that ran out', blocks: [{ kind: 'list', items: breaches }] }]
  return { ...section, blocks: [...section.blocks, ...part] }
}

function lessons({ method }: ReportInput): Section {
  const words = method.steps.find(({ step }) => step === 'document')?.content?.text ?? ''
  const block: Block =
    words.trim() === ''
      ? { kind: 'text', text: 'Nothing was written at the last step.' }
      : { kind: 'quote', text: words }
  return { id: 'lessons', title: 'What the desk wrote at the end', blocks: [block] }
}
