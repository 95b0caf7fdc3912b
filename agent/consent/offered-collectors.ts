import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import type { ErrorCode } from '@askfirst/protocol/errors.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { AskedCollector } from '../policy/apply-policy.ts'
import { checkParams } from '../runtime/check-params.ts'
import type { Collector } from '../runtime/define-collector.ts'

/** A refusal with a code of the error table and one sentence for the technician. */
export interface Refusal {
  readonly ok: false
  readonly code: ErrorCode
  readonly detail: string
}

/** The collectors compiled into this agent, with their parameter schemas ready to check. */
export interface OfferedCollectors {
  get(id: string): Collector | undefined
  /** Null when the collector exists, runs on this platform and its own schema accepts the parameters. */
  problem(asked: AskedCollector): Refusal | null
}

export function offerCollectors(collectors: readonly Collector[], platform: Platform): OfferedCollectors {
  const byId = new Map(collectors.map((collector) => [collector.id, collector]))
  return {
    get: (id) => byId.get(id),
    problem(asked) {
      const collector = byId.get(asked.id)
      if (collector === undefined) return refusal('COLLECTOR_UNKNOWN', `This agent has no collector ${asked.id}.`)
      if (!collector.platforms.includes(platform)) {
        return refusal('COLLECTOR_UNAVAILABLE', `${asked.id} does not exist for ${platform}.`)
      }
      try {
        checkParams(collector.params, asked.params)
        return null
      } catch (error) {
        if (error instanceof AskFirstError) return refusal(error.code, `${asked.id}: ${error.message}`)
        throw error
      }
    },
  }
}

/** Makes a refusal; the detail is cut to what the message may carry. */
export function refusal(code: ErrorCode, detail: string): Refusal {
  return { ok: false, code, detail: detail.slice(0, 500) }
}
