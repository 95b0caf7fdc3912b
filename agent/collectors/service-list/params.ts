import type { ServiceRow, ServiceState } from '@askfirst/protocol/results/service-list.ts'

/** Parameters of a run, as the collector's schema checked them. */
export interface ServiceParams {
  readonly states: readonly ServiceState[]
  readonly names: readonly string[]
  readonly commandLine: boolean
}

/** Whether a service is wanted; names are compared without regard to case, and without `.service`. */
export function isAskedFor(row: ServiceRow, params: ServiceParams): boolean {
  if (!params.states.includes(row.state)) return false
  return params.names.length === 0 || params.names.some((name) => plainName(name) === plainName(row.name))
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/\.service$/, '')
}
