import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** Netdata's ram_available warns below 10 %, and swap in heavy use makes it worse. */
const LOW_SHARE = 0.1
const SWAP_USED_SHARE = 0.8

/** Hardly any memory is free at the moment of looking. */
export const memLow = defineRule({
  id: 'mem.low',
  version: 1,
  title: 'Hardly any memory free',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    facts: reading({
      collector: 'device.info',
      row: DeviceFact,
      select: (row) => row.section === 'memory' && row.number !== undefined,
    }),
  },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ facts }) => {
    const of = (name: string) => facts.rows.findLast(({ row }) => row.name === name && row.item === undefined)
    const [total, available] = [of('total'), of('available')]
    if (total?.row.number === undefined || available?.row.number === undefined)
      return couldNotTell('Memory in use was not read.')
    if (available.row.number / total.row.number >= LOW_SHARE) return findings([])
    const [swapTotal, swapFree] = [of('swapTotal')?.row.number ?? 0, of('swapFree')?.row.number ?? 0]
    const isSwapping = swapTotal > 0 && 1 - swapFree / swapTotal >= SWAP_USED_SHARE
    return findings([
      {
        severity: isSwapping ? 'high' : 'medium',
        subject: 'memory',
        statement: `Only ${Math.round((available.row.number / total.row.number) * 100)} % of the memory is free${isSwapping ? ', and the swap space is nearly used up' : ''}.`,
        evidence: [{ collector: 'device.info', sightings: [total, available] }],
        probableCause: 'Too many programs at once, or one that uses more and more.',
        nextCheck: { text: 'Which programs use most memory now?', collector: 'process.list' },
        prevention: 'Fewer programs at start-up, or more memory.',
      },
    ])
  },
})
