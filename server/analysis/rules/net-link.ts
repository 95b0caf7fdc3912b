import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import type { FindingDraft, Sighting } from '../define-rule.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** node_exporter's mixin alerts on more than 1 % of packets with errors; fewer packets than this prove nothing. */
const ERROR_SHARE = 0.01
const LEAST_PACKETS = 1_000
/** Below gigabit a wired port of today has usually a bad cable or pair (CATALOGUE rule 47). */
const SLOW_MBPS = 100

/** A wired connection is slow or loses packets. */
export const netLink = defineRule({
  id: 'net.link',
  version: 1,
  title: 'Poor wired connection',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    links: reading({
      collector: 'net.config',
      row: NetRow,
      select: (row) => row.part === 'interface' && row.type === 'ethernet' && row.link === 'up',
    }),
  },
  dependsOn: [],
  visibleAfterMs: 0,
  evaluate: ({ links }) => {
    if (!links.ended) return couldNotTell('The network connections were not read.')
    return findings(links.rows.flatMap(judge))
  },
})

function judge(sighting: Sighting<NetRow>): FindingDraft[] {
  const { speedMbps } = sighting.row
  const share = errorShare(sighting.row)
  const isSlow = speedMbps !== undefined && speedMbps > 0 && speedMbps <= SLOW_MBPS
  if (!isSlow && share <= ERROR_SHARE) return []
  const name = sighting.row.interface ?? 'network connection'
  const facts = [
    isSlow ? `runs at ${speedMbps} Mbit/s` : '',
    share > ERROR_SHARE ? `${(share * 100).toFixed(1)} % of its packets had errors` : '',
  ]
  return [
    {
      severity: 'medium',
      subject: name,
      statement: `The wired connection ${name} ${facts.filter((fact) => fact !== '').join(', and ')}.`,
      evidence: [{ collector: 'net.config', sightings: [sighting] }],
      probableCause: 'A damaged cable or plug, a bad switch port, or speed and duplex set by hand on one side.',
      nextCheck: { text: 'Swap the cable, then the port, and compare the counters.', collector: 'net.config' },
      prevention: 'Leave speed and duplex on automatic, and replace old patch cables.',
    },
  ]
}

function errorShare(row: NetRow): number {
  const packets = (row.receivedPackets ?? 0) + (row.sentPackets ?? 0)
  return packets < LEAST_PACKETS ? 0 : ((row.receiveErrors ?? 0) + (row.sendErrors ?? 0)) / packets
}
