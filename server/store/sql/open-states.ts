import type { RequestState, RunState } from '../entities.ts'

/** States in which chunks are taken. */
export const OPEN_RUN_STATES: readonly RunState[] = ['ordered', 'accepted', 'review']

/** States in which a request waits for the person's answer. */
export const OPEN_REQUEST_STATES: readonly RequestState[] = ['asked', 'received', 'shown']
