import type { TicketState } from './types.ts'

/** By what somebody outside the desk is known. */
export type PersonKey =
  | { readonly kind: 'address'; readonly address: string }
  | { readonly kind: 'account'; readonly deviceId: string; readonly osUser: string }
  | { readonly kind: 'name'; readonly name: string }

export interface FoundPerson {
  readonly key: PersonKey
  readonly names: readonly string[]
  readonly deviceName: string | null
  readonly tickets: number
  readonly lastAt: string
}

/** What is kept, in numbers; the last two would stay after an erasure. */
export interface Holdings {
  readonly entries: number
  readonly files: number
  readonly runs: number
  readonly rows: number
  readonly bytes: number
  readonly mails: number
  readonly receipts: number
  readonly knowledge: number
}

export interface KeptTicket {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly state: TicketState
  readonly isHeld: boolean
  readonly part: 'whole' | 'mentions'
  readonly holdings: Holdings
}

export interface KeptOnPerson {
  readonly tickets: readonly KeptTicket[]
  readonly total: Holdings
  /** An erasure goes ahead only if what is kept is still this. */
  readonly preview: string
}

export interface ErasureOutcome {
  readonly counts: Omit<Holdings, 'receipts' | 'knowledge'> & { readonly tickets: number }
  /** Numbers of tickets that were opened or held in between. */
  readonly left: readonly number[]
}

/** What a key is called: it tells two people of one name apart. */
export function keyName(key: PersonKey): string {
  switch (key.kind) {
    case 'address':
      return key.address
    case 'account':
      return key.osUser
    case 'name':
      return key.name
  }
}
