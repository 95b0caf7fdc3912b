/** Why a ticket has its priority. */
export interface PriorityReason {
  /** What the matrix gave for impact and urgency when it was last asked; the priority, unless somebody overrode it. */
  readonly byMatrix: number
  readonly override: PriorityOverride | null
}

/** Somebody's decision that a ticket's priority is another one than the matrix says. */
export interface PriorityOverride {
  readonly reason: string
  readonly userId: string
  /** As it was then. */
  readonly userName: string
  readonly at: string
}
