/** One thing that is wrong with a bundle. */
export interface Problem {
  /** Which check found it. */
  readonly check:
    | 'archive'
    | 'manifest'
    | 'log'
    | 'checkpoint'
    | 'receipt'
    | 'run'
    | 'chunk'
    | 'statement'
    | 'file'
    | 'finding'
    | 'pin'
  /** Position in the findings log, where it belongs to one entry. */
  readonly entry?: number
  /** In one sentence: what was expected and what was found. */
  readonly text: string
}

/** What `askfirst-server verify` says of a bundle. */
export interface VerifyReport {
  readonly ok: boolean
  readonly ticketId: string | null
  readonly entries: number
  readonly receipts: number
  readonly runs: number
  readonly chunks: number
  readonly rows: number
  /** What people said, signed on their devices, and the files that they added. */
  readonly statements: number
  readonly files: number
  /** Of these, what is not in the bundle because the log says that it was deleted after its time. */
  readonly agedOut: { readonly chunks: number; readonly files: number }
  /** What went with a person's data, as the log says; of the entries the words are gone, and their hashes are there. */
  readonly erased: { readonly entries: number; readonly chunks: number; readonly files: number }
  /** Verifier key of the log, in signed-note form: compare it with the server's own word. */
  readonly logKey: string | null
  readonly authoritySha256: string | null
  /** First log entry that is wrong, or null. */
  readonly firstWrongEntry: number | null
  readonly problems: readonly Problem[]
}
