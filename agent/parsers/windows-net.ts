import type { InterfaceType, NetRow } from '@askfirst/protocol/results/net-config.ts'
import { familyOf } from './ip-address.ts'
import { knownFields } from './known-fields.ts'
import { instantOfText, jsonCount, jsonFlag, jsonList, jsonObject, jsonText } from './values.ts'

type Values = Readonly<Record<string, unknown>>
type Row = NetRow | null

const MAX_DOMAINS = 64

/**
 * Rows out of the objects that the PowerShell script of `net.config` writes: each has the properties of one CIM class and
 * its name in `Class`. An interface's figures stand in several classes; they become one row.
 */
export function parseWindowsNet(objects: Iterable<unknown>): readonly NetRow[] {
  const byClass = grouped(objects)
  const of = (name: string): readonly Values[] => byClass.get(name) ?? []
  const names = new Map(
    of('MSFT_NetAdapter').map((values) => [jsonCount(values.InterfaceIndex), jsonText(values.Name, 256)]),
  )
  const interfaces = of('MSFT_NetAdapter').map((values) => interfaceRow(values, of))
  const rows: Row[] = [
    ...of('Win32_ComputerSystem').map(hostRow),
    ...interfaces,
    ...of('MSFT_NetIPAddress').map((values) => addressRow(values, names)),
    ...of('MSFT_NetRoute').map(routeRow),
    ...dnsRows(of),
  ]
  return rows.filter((row) => row !== null)
}

function grouped(objects: Iterable<unknown>): ReadonlyMap<string, readonly Values[]> {
  const byClass = new Map<string, Values[]>()
  for (const object of objects) {
    const values = jsonObject(object)
    const name = jsonText(values?.Class, 64)
    if (values === null || name === undefined) continue
    byClass.set(name, [...(byClass.get(name) ?? []), values])
  }
  return byClass
}

function hostRow(values: Values): Row {
  return knownFields<NetRow>({
    part: 'host',
    hostName: jsonText(values.DNSHostName, 256) ?? jsonText(values.Name, 256),
    domain: values.PartOfDomain === true ? jsonText(values.Domain, 256) : undefined,
    source: 'Win32_ComputerSystem',
  })
}

/** NdisPhysicalMedium of MSFT_NetAdapter (ntddndis.h). */
const MEDIA: Readonly<Record<number, InterfaceType>> = {
  1: 'wifi',
  8: 'cellular',
  9: 'wifi',
  10: 'bluetooth',
  14: 'ethernet',
}
const UP = 1

function interfaceRow(values: Values, of: (name: string) => readonly Values[]): Row {
  const name = jsonText(values.Name, 256)
  if (name === undefined || values.Hidden === true) return null
  const index = jsonCount(values.InterfaceIndex)
  const here = (other: Values): boolean => jsonCount(other.InterfaceIndex) === index
  const settings = of('Win32_NetworkAdapterConfiguration').find(here)
  const statistics = of('MSFT_NetAdapterStatisticsSettingData').find((other) => other.Name === values.Name)
  const profile = of('MSFT_NetConnectionProfile').find(here)
  return knownFields<NetRow>({
    part: 'interface',
    interface: name,
    index,
    ...linkFields(values),
    ...dhcpFields(settings),
    ...profileFields(profile),
    ...statisticFields(statistics),
    source: 'MSFT_NetAdapter',
  })
}

function linkFields(values: Values): Partial<NetRow> {
  const state = jsonCount(values.MediaConnectState)
  const duplex = jsonCount(values.MediaDuplexState)
  const bitsPerSecond = jsonCount(values.TransmitLinkSpeed) ?? jsonCount(values.Speed)
  const mac = jsonText(jsonList(values.NetworkAddresses)[0], 64) ?? jsonText(values.PermanentAddress, 64)
  return knownFields<Partial<NetRow>>({
    type: values.Virtual === true ? 'virtual' : (MEDIA[jsonCount(values.NdisPhysicalMedium) ?? -1] ?? 'other'),
    description: jsonText(values.InterfaceDescription, 256),
    driver: driverOf(values),
    enabled: jsonCount(values.InterfaceAdminStatus) === UP,
    link: state === 1 ? 'up' : state === 2 ? 'down' : 'unknown',
    macAddress: mac?.replace(/^([0-9A-Fa-f]{2})(..)(..)(..)(..)(..)$/, '$1:$2:$3:$4:$5:$6').toLowerCase(),
    mtu: jsonCount(values.MtuSize),
    speedMbps: bitsPerSecond === undefined || state === 2 ? undefined : bitsPerSecond / 1e6,
    duplex: duplex === 2 ? 'full' : duplex === 1 ? 'half' : undefined,
  })
}

function driverOf(values: Values): string | undefined {
  const file = jsonText(values.DriverName, 256)?.split('\\').at(-1)
  const version = jsonText(values.DriverVersionString, 64)
  return jsonText([file, version].filter((part) => part !== undefined).join(' '), 128)
}

function dhcpFields(values: Values | undefined): Partial<NetRow> {
  return knownFields<Partial<NetRow>>({
    dhcp: jsonFlag(values?.DHCPEnabled),
    dhcpServer: jsonText(values?.DHCPServer, 64),
    leaseObtainedAt: instantOfText(values?.DHCPLeaseObtained),
    leaseExpiresAt: instantOfText(values?.DHCPLeaseExpires),
  })
}

function profileFields(values: Values | undefined): Partial<NetRow> {
  const category = jsonCount(values?.NetworkCategory)
  const reach = Math.max(jsonCount(values?.IPv4Connectivity) ?? -1, jsonCount(values?.IPv6Connectivity) ?? -1)
  return knownFields<Partial<NetRow>>({
    networkProfile: category === 0 ? 'public' : category === 1 ? 'private' : category === 2 ? 'domain' : undefined,
    reach: reach < 0 ? undefined : reach >= 4 ? 'internet' : reach >= 1 ? 'local' : 'none',
  })
}

function statisticFields(values: Values | undefined): Partial<NetRow> {
  return knownFields<Partial<NetRow>>({
    receivedBytes: jsonCount(values?.ReceivedBytes),
    sentBytes: jsonCount(values?.SentBytes),
    receivedPackets: jsonCount(values?.ReceivedUnicastPackets),
    sentPackets: jsonCount(values?.SentUnicastPackets),
    receiveErrors: jsonCount(values?.ReceivedPacketErrors),
    sendErrors: jsonCount(values?.OutboundPacketErrors),
    receiveDropped: jsonCount(values?.ReceivedDiscardedPackets),
    sendDropped: jsonCount(values?.OutboundDiscardedPackets),
  })
}

/** PrefixOrigin and AddressState of MSFT_NetIPAddress. */
const ORIGINS: Readonly<Record<number, NonNullable<NetRow['origin']>>> = {
  1: 'manual',
  2: 'wellKnown',
  3: 'dhcp',
  4: 'routerAdvertisement',
}
const ADDRESS_STATES = ['invalid', 'tentative', 'duplicate', 'deprecated', 'preferred'] as const

function addressRow(values: Values, names: ReadonlyMap<number | undefined, string | undefined>): Row {
  const written = jsonText(values.IPAddress, 64)
  const address = written?.replace(/%.*$/, '')
  const family = familyOf(address)
  if (address === undefined || family === undefined) return null
  const prefixLength = jsonCount(values.PrefixLength)
  const isLinkLocal = /^(fe80:|169\.254\.)/i.test(address)
  return knownFields<NetRow>({
    part: 'address',
    interface: jsonText(values.InterfaceAlias, 256) ?? names.get(jsonCount(values.InterfaceIndex)),
    family,
    address,
    prefixLength: prefixLength !== undefined && prefixLength <= 128 ? prefixLength : undefined,
    scope: isLinkLocal ? 'link' : address === '::1' || address.startsWith('127.') ? 'host' : 'global',
    origin: isLinkLocal ? 'linkLocal' : ORIGINS[jsonCount(values.PrefixOrigin) ?? 0],
    temporary: family === 'ipv6' && jsonCount(values.SuffixOrigin) === 5 && !isLinkLocal ? true : undefined,
    addressState: ADDRESS_STATES[jsonCount(values.AddressState) ?? -1],
    source: 'MSFT_NetIPAddress',
  })
}

function routeRow(values: Values): Row {
  const written = jsonText(values.DestinationPrefix, 128)
  const family = familyOf(written?.split('/')[0])
  if (written === undefined || family === undefined || /^(ff|224\.|255\.|127\.)/i.test(written)) return null
  const nextHop = jsonText(values.NextHop, 64)
  const metric = (jsonCount(values.RouteMetric) ?? 0) + (jsonCount(values.InterfaceMetric) ?? 0)
  return knownFields<NetRow>({
    part: 'route',
    interface: jsonText(values.InterfaceAlias, 256),
    family,
    destination: written === '0.0.0.0/0' || written === '::/0' ? 'default' : written,
    gateway: nextHop === '0.0.0.0' || nextHop === '::' ? undefined : nextHop,
    metric,
    source: 'MSFT_NetRoute',
  })
}

function dnsRows(of: (name: string) => readonly Values[]): readonly Row[] {
  const searchDomains = of('MSFT_DNSClientGlobalSetting').flatMap((values) => textsOf(values.SuffixSearchList, 256))
  return of('MSFT_DNSClientServerAddress').flatMap((values) =>
    textsOf(values.ServerAddresses, 64).map((server, at) =>
      knownFields<NetRow>({
        part: 'dns',
        interface: jsonText(values.InterfaceAlias, 256),
        family: familyOf(server),
        server,
        order: at + 1,
        searchDomains: searchDomains.slice(0, MAX_DOMAINS),
        source: 'MSFT_DNSClientServerAddress',
      }),
    ),
  )
}

function textsOf(value: unknown, maxLength: number): readonly string[] {
  const list: readonly unknown[] = typeof value === 'string' ? [value] : jsonList(value)
  return list.map((member) => jsonText(member, maxLength)).filter((text) => text !== undefined)
}
