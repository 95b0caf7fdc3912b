import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import type { Sighting } from '../define-rule.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** A connection gave itself an address (RFC 3927) because no DHCP server answered. */
export const netApipa = defineRule({
  id: 'net.apipa',
  version: 1,
  title: 'No address from DHCP',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    net: reading({
      collector: 'net.config',
      row: NetRow,
      select: (row) => row.part === 'address' || row.part === 'interface',
    }),
  },
  dependsOn: [],
  visibleAfterMs: 5_000,
  evaluate: ({ net }) => {
    if (!net.ended) return couldNotTell('The network settings were not read.')
    const addresses = net.rows.filter((sighting) => sighting.row.part === 'address' && sighting.row.family === 'ipv4')
    const selfGiven = addresses.filter((sighting) => sighting.row.address?.startsWith('169.254.') === true)
    const lone = selfGiven.filter(
      (sighting) => !hasOther(addresses, sighting) && isUp(net.rows, sighting.row.interface),
    )
    return findings(
      lone.map((sighting) => ({
        severity: 'high' as const,
        subject: sighting.row.interface ?? '',
        statement: `The connection ${sighting.row.interface ?? ''} has only the self-given address ${sighting.row.address ?? ''}: no DHCP server answered.`,
        evidence: [{ collector: 'net.config', sightings: [sighting] }],
        probableCause:
          'The DHCP server cannot be reached: cable or switch port, wrong VLAN, a filter, or a server that is down.',
        nextCheck: {
          text: 'Do other machines on the same switch or access point get an address?',
          collector: 'eventlog.query',
        },
        prevention: 'A second DHCP server, and an alarm on a scope that runs out of addresses.',
      })),
    )
  },
})

function hasOther(addresses: readonly Sighting<NetRow>[], own: Sighting<NetRow>): boolean {
  return addresses.some(
    ({ row }) =>
      row.interface === own.row.interface && row.scope !== 'link' && row.address?.startsWith('169.254.') === false,
  )
}

function isUp(rows: readonly Sighting<NetRow>[], name: string | undefined): boolean {
  const found = rows.find(({ row }) => row.part === 'interface' && row.interface === name)
  return found === undefined || found.row.link !== 'down'
}
