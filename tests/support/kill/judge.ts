import { storeOptions } from '@askfirst/server/places.ts'
import { openStore } from '@askfirst/server/store/open-store.ts'
import type { CampaignOptions } from './campaign.ts'
import { runCampaign } from './campaign.ts'
import type { Verdict } from './check.ts'
import { checkExport, checkStore } from './check.ts'

/** The tests' plan is fixed; when exactly a kill hits within it is up to the machine. `npm run kill-test` takes other seeds. */
export const SEED = 20_261_122

/** Runs a campaign to its end, stops both processes, looks at everything that is left, and removes it when all is well. */
export async function judgeCampaign(options: CampaignOptions): Promise<Verdict> {
  const outcome = await runCampaign(options)
  const { world } = outcome
  const problems = [...(await checkExport(outcome))]
  const codes = [await world.stopAgent(), await world.stopServer()]
  if (codes.some((code) => code !== 0)) problems.push(`agent and server stopped with ${codes.join(' and ')}`)
  const store = await openStore(storeOptions({ store: options.store ?? 'sqlite', dataDir: world.serverDir }))
  try {
    const verdict = await checkStore(store, outcome)
    problems.push(...verdict.problems)
    if (problems.length === 0) await world.remove()
    else options.say?.(`failed; logs and data are in ${world.folder}`)
    return { ...verdict, problems }
  } finally {
    await store.close()
  }
}
