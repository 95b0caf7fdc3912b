/**
 * `npm run kill-test -- [--rounds N] [--seed S] [--rows N] [--victim server|agent|both]`: streams numbered rows through a
 * real server and a real agent, kills one of them or both with SIGKILL at a seeded moment of each round, and checks at
 * the end that no acknowledged row is lost, none is stored twice, and the order is kept. The seed is printed; the same
 * seed gives the same plan. Exit code 1 and the folder with logs and data when anything is wrong.
 */
import { parseArgs } from 'node:util'
import { setup as bundlePrograms } from '../tests/support/bundled-programs.ts'
import { judgeCampaign } from '../tests/support/kill/judge.ts'
import type { Who } from '../tests/support/kill/plan.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    rows: { type: 'string', default: '200000' },
    victim: { type: 'string' },
  },
})
const VICTIMS: readonly Who[] = ['server', 'agent', 'both']
const whom = VICTIMS.filter((who) => who === values.victim)
const numbers = { rounds: Number(values.rounds), seed: Number(values.seed), rows: Number(values.rows) }
if (
  Object.values(numbers).some((value) => !Number.isSafeInteger(value) || value < 0) ||
  (values.victim !== undefined && whom.length === 0)
) {
  process.stderr.write('Give whole numbers for --rounds, --seed and --rows, and server, agent or both for --victim.\n')
  process.exit(2)
}
const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
say(`seed ${numbers.seed}, ${numbers.rounds} rounds`)
await bundlePrograms()
const startedAt = performance.now()
const { problems, ...counts } = await judgeCampaign({ ...numbers, ...(whom.length === 0 ? {} : { whom }), say })
for (const problem of problems) say(`WRONG: ${problem}`)
say(
  JSON.stringify({
    ...counts,
    seconds: Math.round((performance.now() - startedAt) / 1_000),
    problems: problems.length,
  }),
)
process.exitCode = problems.length === 0 ? 0 : 1
