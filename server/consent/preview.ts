import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { ConsentRequest } from '@askfirst/protocol/messages/consent-request.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import type { Notice } from '@askfirst/protocol/notice/notice.ts'
import { makeNotice } from '@askfirst/protocol/notice/notice.ts'
import type { Statement } from '../store/person-entities.ts'
import type { DeviceCollectors } from './device-collectors.ts'
import type { Asking } from './make-request.ts'

/** Something that would keep a request from being asked, or from being seen now. */
export interface AskingProblem {
  readonly code: string
  readonly detail: string
}

/** What the person would see, before anything is sent. */
export interface Preview extends Notice {
  readonly problems: readonly AskingProblem[]
}

/** Gathers problems of steps that would each refuse a request. */
export class Problems {
  readonly found: AskingProblem[] = []

  /** The step's result, or the fallback when it was refused. */
  async of<Result>(step: () => Result | Promise<Result>, fallback: Result): Promise<Result> {
    try {
      return await step()
    } catch (error) {
      if (!(error instanceof AskFirstError)) throw error
      this.add({ code: error.code, detail: error.message })
      return fallback
    }
  }

  add(problem: AskingProblem): void {
    if (!this.found.some(({ code, detail }) => code === problem.code && detail === problem.detail))
      this.found.push(problem)
  }
}

/** Fills in what was left out of each collector's parameters; one that the device does not take is a problem. */
export async function completed(
  asking: Asking,
  collectors: DeviceCollectors,
  problems: Problems,
): Promise<Asking['collectors']> {
  const complete: Asking['collectors'][number][] = []
  for (const { id, params } of asking.collectors)
    complete.push({ id, params: await problems.of(() => collectors.complete(id, params), params) })
  return complete
}

/**
 * The notice in the words that the device announced. Its match code is null, because it is made with the request; what the
 * device's local policy narrows, and what the person gave before, only the device knows. That its person opened the ticket
 * the server knows from their signed statement (SPEC P3); null: they did not.
 */
export function previewNotice(
  request: ConsentRequest,
  collectors: DeviceCollectors,
  told: {
    readonly language: Language
    readonly timeZone: string
    readonly openedHere: Pick<Statement, 'at' | 'osUser'> | null
  },
): Notice {
  const { language, timeZone, openedHere } = told
  return makeNotice({
    request,
    language,
    timeZone,
    ...(openedHere === null ? {} : { openedHere }),
    matchCode: null,
    describe: (id) => collectors.entry(id),
    longestMs: Math.min(request.durationMs, LIMITS.maxGrantMs),
    personalData: request.personalData,
    mustReview: false,
    earlierTechnician: request.replaces?.technicianName,
  })
}
