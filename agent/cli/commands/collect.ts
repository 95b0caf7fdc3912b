import type { Completeness } from '@askfirst/protocol/completeness.ts'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { COLLECTORS } from '../../collectors/index.ts'
import { policyObjection } from '../../policy/apply-policy.ts'
import { readLocalPolicy } from '../../policy/local-policy.ts'
import { checkParams } from '../../runtime/check-params.ts'
import { runCollectorLocally } from '../../runtime/run-collector-locally.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

export interface CollectFlags {
  readonly params?: string | undefined
  readonly pseudonymise?: boolean | undefined
}

/** Runs one collector here and prints its rows, one JSON object a line. Nothing is sent. */
export async function collect(context: CliContext, id: string, flags: CollectFlags): Promise<number> {
  const params = paramsOf(id, flags.params)
  const reading = readLocalPolicy(context.config.policyFile)
  if (!reading.ok) throw new AskFirstError('REQUEST_FORBIDDEN_BY_POLICY', reading.problem)
  const objection = policyObjection(reading.policy, [{ id, params }], new Date())
  if (objection !== null) throw new AskFirstError('REQUEST_FORBIDDEN_BY_POLICY', objection)
  const stop = new AbortController()
  const interrupt = () => stop.abort()
  process.once('SIGINT', interrupt)
  try {
    const personalData =
      flags.pseudonymise === true || reading.policy.personalData !== undefined ? 'pseudonymise' : 'keep'
    const { collectorUser } = context.config
    const run = runCollectorLocally({
      collector: id,
      params,
      personalData,
      signal: stop.signal,
      ...(collectorUser === undefined ? {} : { collectorUser }),
    })
    return report(context, await printRows(context, run))
  } finally {
    process.off('SIGINT', interrupt)
  }
}

function paramsOf(id: string, text: string | undefined): Record<string, unknown> {
  const collector = COLLECTORS.find((known) => known.id === id)
  if (collector === undefined)
    throw new AskFirstError(
      'COLLECTOR_UNKNOWN',
      `There is no collector "${id}". There are: ${COLLECTORS.map((known) => known.id).join(', ')}.`,
    )
  try {
    return checkParams(collector.params, JSON.parse(text ?? '{}'))
  } catch (error) {
    if (error instanceof AskFirstError) throw error
    throw new AskFirstError('INVALID_REQUEST', '--params wants one JSON object, e.g. --params \'{"limit":10}\'.', {
      cause: error,
    })
  }
}

/** One write for each chunk: thousands of rows one by one would take longer than to read them. */
async function printRows(
  context: CliContext,
  run: AsyncGenerator<readonly string[], Completeness, undefined>,
): Promise<Completeness> {
  for (;;) {
    const next = await run.next()
    if (next.done === true) return next.value
    context.terminal.out(next.value.join('\n'))
  }
}

/** How the run ended goes to standard error, so that standard output holds rows alone. */
function report(context: CliContext, end: Completeness): number {
  if (context.json) context.terminal.note(JSON.stringify(end))
  else
    context.terminal.note(
      `${end.state}: ${end.rows} rows, ${end.bytes} bytes, ${end.cpuMs} ms of processor time${end.reason === undefined ? '' : `. ${end.reason}`}. Nothing was sent.`,
    )
  if (end.state === 'complete' || end.state === 'truncated') return EXIT.ok
  return end.state === 'denied' ? EXIT.refused : EXIT.failed
}
