/** A named list of collectors for a symptom: what a technician asks for first, and why. */
export interface Playbook {
  /** The file's name. */
  readonly id: string
  /** The symptom in the words of who reports it. */
  readonly title: string
  /** What the collectors below show together, in one sentence for the technician. */
  readonly shows: string
  /** Put into the request for the person, in plain words; the technician may change it. */
  readonly purpose: string
  /** How long the permission lasts. */
  readonly durationMs: number
  readonly collectors: readonly PlaybookCollector[]
  /** What to ask the person at this symptom, besides the questions of every problem. */
  readonly questions: readonly string[]
}

export interface PlaybookCollector {
  readonly id: string
  /** Parameters that differ from the collector's own defaults. */
  readonly params: Readonly<Record<string, unknown>>
  /** What it is good for here, in a few words. */
  readonly why: string
}
