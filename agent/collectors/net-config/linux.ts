import type { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { knownFields } from '../../parsers/known-fields.ts'
import { parseIpAddresses, parseIpRoutes } from '../../parsers/linux-ip-json.ts'
import { parseIpAddressText } from '../../parsers/linux-ip-text.ts'
import { parseFibTrie, parseIfInet6, parseProcNetIpv6Route, parseProcNetRoute } from '../../parsers/linux-net-files.ts'
import { parseResolvConf } from '../../parsers/resolv-conf.ts'
import { lineOf } from '../../parsers/values.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import { trySource } from '../../runtime/try-source.ts'
import { linuxInterface } from './linux-interface.ts'

const IP = ['/usr/sbin/ip', '/sbin/ip', '/usr/bin/ip', '/bin/ip'] as const
const IP_TIMEOUT_MS = 5_000
/** systemd-resolved keeps the real servers here; `/etc/resolv.conf` then only names its own address. */
const RESOLVED = '/run/systemd/resolve/resolv.conf'

/** Network settings out of `/sys` and `/proc`; `ip -j` gives more about addresses and routes where it is there. */
export async function* linuxNetwork(ctx: CollectorContext): AsyncGenerator<NetRow, void, undefined> {
  yield await hostRow(ctx)
  const names = (await ctx.files.list('/sys/class/net'))
    .filter((entry) => entry.kind !== 'file')
    .map((entry) => entry.name)
  for (const name of names.toSorted()) yield await linuxInterface(ctx, name)
  const [routes, addresses] = await Promise.all([routeRows(ctx), ip(ctx, ['-j', 'addr'])])
  yield* addresses === null ? await addressesWithoutJson(ctx, routes) : parseIpAddresses(addresses)
  yield* routes
  yield* await dnsRows(ctx)
}

async function hostRow(ctx: CollectorContext): Promise<NetRow> {
  const [name, domain, forwarding] = await Promise.all([
    ctx.files.tryText('/proc/sys/kernel/hostname'),
    ctx.files.tryText('/proc/sys/kernel/domainname'),
    ctx.files.tryText('/proc/sys/net/ipv4/ip_forward'),
  ])
  const known = lineOf(domain, 256)
  return knownFields<NetRow>({
    part: 'host',
    hostName: lineOf(name, 256),
    domain: known === '(none)' ? undefined : known,
    forwarding: forwarding === null ? undefined : forwarding.trim() !== '0',
    source: '/proc/sys/kernel/hostname',
  })
}

/** Output of `ip`, or null when it is not there or fails: then an older form of output, or the files of the kernel, say it. */
async function ip(ctx: CollectorContext, args: readonly string[]): Promise<string | null> {
  try {
    return await ctx.commands.text(IP, args, { timeoutMs: IP_TIMEOUT_MS })
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    return null
  }
}

async function routeRows(ctx: CollectorContext): Promise<readonly NetRow[]> {
  const [four, six] = await Promise.all([ip(ctx, ['-j', 'route']), ip(ctx, ['-j', '-6', 'route'])])
  return [
    ...(four === null ? await routesV4ByFile(ctx) : parseIpRoutes(four, 'ipv4')),
    ...(six === null ? await routesV6ByFile(ctx) : parseIpRoutes(six, 'ipv6')),
  ]
}

/** The file of the kernel says the same; only without it are routes missing. */
async function routesV4ByFile(ctx: CollectorContext): Promise<readonly NetRow[]> {
  const text = await trySource(ctx, () => ctx.files.readText('/proc/net/route'))
  return parseProcNetRoute(text ?? '')
}

/** A kernel without IPv6 has no such file, and no such routes. */
async function routesV6ByFile(ctx: CollectorContext): Promise<readonly NetRow[]> {
  return parseProcNetIpv6Route((await ctx.files.tryText('/proc/net/ipv6_route')) ?? '')
}

async function addressesWithoutJson(ctx: CollectorContext, routes: readonly NetRow[]): Promise<readonly NetRow[]> {
  const text = await ip(ctx, ['addr'])
  if (text !== null) return parseIpAddressText(text)
  const [trie, inet6] = await Promise.all([
    trySource(ctx, () => ctx.files.readText('/proc/net/fib_trie')),
    ctx.files.tryText('/proc/net/if_inet6'),
  ])
  return [...parseFibTrie(trie ?? '', routes), ...parseIfInet6(inet6 ?? '')]
}

async function dnsRows(ctx: CollectorContext): Promise<readonly NetRow[]> {
  const [resolved, classic] = await Promise.all([ctx.files.tryText(RESOLVED), ctx.files.tryText('/etc/resolv.conf')])
  const rows = parseResolvConf(classic ?? '', '/etc/resolv.conf')
  const onlyStub = rows.every((row) => row.server === undefined || row.server === '127.0.0.53')
  return resolved !== null && onlyStub ? [...rows, ...parseResolvConf(resolved, RESOLVED)] : rows
}
