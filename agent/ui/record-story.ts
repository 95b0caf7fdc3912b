import type { HistoryEntry } from '../history/history-entry.ts'

/** One run, as the record tells it. */
export interface RunStory {
  readonly runId: string
  readonly collector: string
  /** `running` until it ended. */
  readonly state: string
  /** Rows and bytes that left the device. */
  readonly rows: number
  readonly bytes: number
}

/** One request from its arrival on: what was asked, answered, read, and how it ended. */
export interface RequestStory {
  readonly requestId: string
  readonly at: string
  readonly technician: string
  readonly organisation: string
  readonly ticketNumber: number
  readonly ticketTitle: string
  readonly destination: string
  readonly answer: 'waiting' | 'given' | 'refused' | 'no-answer' | 'withdrawn'
  readonly answeredAt: string | null
  readonly osUser: string
  readonly receiptId: string | null
  readonly jwsSha256: string | null
  readonly grantId: string | null
  /** From when until when the grant counts. */
  readonly validFrom: string | null
  readonly expiresAt: string | null
  readonly ended: { readonly at: string; readonly reason: string } | null
  readonly reportedBy: string | null
  readonly runs: readonly RunStory[]
}

/** What a person said in a ticket of their own, as the record has it; the words stand in the signed record. */
export interface StatementStory {
  readonly at: string
  readonly statementId: string
  readonly ticketId: string
  readonly kind: 'opened' | 'reply' | 'answer' | 'decided'
  readonly files: number
  readonly jwsSha256: string
}

/** What was said to the desk on this device, oldest first. */
export function statementsOf(entries: readonly HistoryEntry[]): readonly StatementStory[] {
  const signed = entries.filter(({ kind }) => kind === 'statement.signed')
  return signed.map(({ at, body }) => {
    const kind = text(body.kind)
    return {
      at,
      statementId: text(body.statementId),
      ticketId: text(body.ticketId),
      kind: kind === 'opened' || kind === 'answer' || kind === 'decided' ? kind : 'reply',
      files: number(body.files),
      jwsSha256: text(body.jwsSha256),
    }
  })
}

type Body = HistoryEntry['body']
type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] }
type Story = Mutable<Omit<RequestStory, 'runs'>> & { runs: Mutable<RunStory>[] }

/** Tells the device's own record as stories, oldest first. Whatever an entry lacks is left as it was. */
export function storiesOf(entries: readonly HistoryEntry[]): readonly RequestStory[] {
  const told = new Told()
  for (const entry of entries) told.take(entry)
  return told.stories
}

class Told {
  readonly stories: Story[] = []
  readonly #byRequest = new Map<string, Story>()
  readonly #byGrant = new Map<string, Story>()
  readonly #runs = new Map<string, Mutable<RunStory>>()

  take({ at, kind, body }: HistoryEntry): void {
    if (kind === 'request.received') return this.#received(at, body)
    if (kind.startsWith('run.') || kind === 'review.decided') return this.#run(kind, body)
    const story = this.#byRequest.get(text(body.requestId)) ?? this.#byGrant.get(text(body.grantId))
    if (story === undefined) return
    if (kind === 'request.answered' || kind === 'request.expired') this.#answered(story, at, body)
    if (kind === 'request.withdrawn') story.answer = 'withdrawn'
    if (kind === 'request.reported') story.reportedBy = text(body.osUser)
    if (kind === 'grant.ended') story.ended = { at, reason: text(body.reason) }
  }

  #received(at: string, body: Body): void {
    const request = record(body.request)
    const ticket = record(request.ticket)
    const story: Story = {
      requestId: text(body.requestId),
      at,
      technician: text(record(request.technician).name),
      organisation: text(record(request.organisation).name),
      ticketNumber: number(ticket.number),
      ticketTitle: text(ticket.title),
      destination: text(request.destination),
      answer: 'waiting',
      answeredAt: null,
      osUser: '',
      receiptId: null,
      jwsSha256: null,
      grantId: null,
      validFrom: null,
      expiresAt: null,
      ended: null,
      reportedBy: null,
      runs: [],
    }
    this.stories.push(story)
    this.#byRequest.set(story.requestId, story)
  }

  #answered(story: Story, at: string, body: Body): void {
    const decision = record(body.decision)
    const grant = record(decision.grant)
    const state = text(decision.state)
    story.answer = state === 'given' || state === 'refused' ? state : 'no-answer'
    story.answeredAt = at
    story.osUser = text(body.osUser)
    story.receiptId = text(body.receiptId)
    story.jwsSha256 = text(body.jwsSha256)
    if (state !== 'given') return
    story.grantId = text(grant.grantId)
    story.validFrom = text(grant.validFrom)
    story.expiresAt = text(grant.expiresAt)
    this.#byGrant.set(story.grantId, story)
  }

  #run(kind: HistoryEntry['kind'], body: Body): void {
    const runId = text(body.runId)
    const run = this.#runs.get(runId)
    if (kind === 'run.started') {
      const started = { runId, collector: text(body.collector), state: 'running', rows: 0, bytes: 0 }
      this.#runs.set(runId, started)
      this.#byGrant.get(text(body.grantId))?.runs.push(started)
    } else if (run !== undefined && kind === 'run.ended') {
      run.state = text(body.state)
      run.rows = number(body.rows)
      run.bytes = number(body.bytes)
    } else if (run !== undefined && kind === 'review.decided' && text(body.decision) === 'send') {
      run.rows = number(body.sent)
      run.bytes = number(body.bytes)
    }
  }
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  // Checked to be an object; its fields are read one by one.
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}
