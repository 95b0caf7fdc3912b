import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import type { Known } from '../define-rule.ts'
import { couldNotTell, defineRule, findings, reading } from '../define-rule.ts'

/** A connection is up and has an address, but there is no way out. */
export const netGateway = defineRule({
  id: 'net.gateway',
  version: 1,
  title: 'No default gateway',
  platforms: ['darwin', 'linux', 'win32'],
  reads: {
    net: reading({ collector: 'net.config', row: NetRow, select: (row) => row.part !== 'dns' && row.part !== 'host' }),
  },
  dependsOn: ['net.apipa'],
  visibleAfterMs: 5_000,
  evaluate: ({ net }) => {
    if (!net.ended) return couldNotTell('The network settings were not read.')
    if (!net.complete)
      return couldNotTell('The network settings were read in part only, so a missing route proves nothing.')
    const connected = addressesInUse(net)
    const hasDefault = net.rows.some(({ row }) => row.part === 'route' && isDefault(row.destination))
    if (hasDefault || connected.length === 0) return findings([])
    return findings([
      {
        severity: 'high',
        subject: 'default route',
        statement: 'The machine has an address but no default gateway: it reaches its own network and nothing beyond.',
        evidence: [{ collector: 'net.config', sightings: connected }],
        probableCause:
          'The DHCP server hands out no router, the settings were made by hand, or a VPN took the route away.',
        nextCheck: { text: 'Who set the addresses, DHCP or a person, and did it change?', collector: 'change.recent' },
        prevention: 'Hand out router and DNS by DHCP, and keep settings made by hand to servers.',
      },
    ])
  },
})

/** Addresses beyond the machine itself on connections that carry traffic. */
function addressesInUse(net: Known<NetRow>) {
  const links = new Map(net.rows.filter(({ row }) => row.part === 'interface').map(({ row }) => [row.interface, row]))
  return net.rows.filter(({ row }) => {
    const link = links.get(row.interface)
    return row.part === 'address' && row.scope === 'global' && link?.type !== 'loopback' && link?.link !== 'down'
  })
}

function isDefault(destination: string | undefined): boolean {
  return destination === 'default' || destination === '0.0.0.0/0' || destination === '::/0'
}
