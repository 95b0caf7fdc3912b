import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { lineOf } from './values.ts'

const MAX_DOMAINS = 64

/** Rows of part `dns` out of a file in the form of resolv.conf(5); the last `search` or `domain` line counts. */
export function parseResolvConf(text: string, source: string): readonly NetRow[] {
  const servers: string[] = []
  let searchDomains: string[] = []
  let options: string | undefined
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'nameserver' && familyOf(values[0]) !== undefined && values[0] !== undefined)
      servers.push(values[0])
    if (keyword === 'search' || keyword === 'domain')
      searchDomains = values.slice(0, MAX_DOMAINS).map((domain) => domain.slice(0, 256))
    if (keyword === 'options') options = lineOf(values.join(' '), 512)
  }
  const shared = { searchDomains, options, source }
  if (servers.length === 0)
    return searchDomains.length > 0 || options !== undefined ? [knownFields<NetRow>({ part: 'dns', ...shared })] : []
  return servers.map((server, at) =>
    knownFields<NetRow>({ part: 'dns', family: familyOf(server), server, order: at + 1, ...shared }),
  )
}
