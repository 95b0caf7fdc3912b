import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import fc from 'fast-check'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { ipv6OfHex, prefixLengthOfMask } from '../../../../agent/parsers/ip-address.ts'
import { knownFields } from '../../../../agent/parsers/known-fields.ts'
import { parseCpuinfo } from '../../../../agent/parsers/linux-cpuinfo.ts'
import { parseIpAddresses, parseIpRoutes } from '../../../../agent/parsers/linux-ip-json.ts'
import { parseIpAddressText } from '../../../../agent/parsers/linux-ip-text.ts'
import { inputFacts, moduleFacts, parseModules } from '../../../../agent/parsers/linux-kernel-facts.ts'
import { loadAverageFacts, pressureFacts, statFacts, vmstatFacts } from '../../../../agent/parsers/linux-load-facts.ts'
import { memoryFacts, swapFacts } from '../../../../agent/parsers/linux-memory-facts.ts'
import { parseMountinfo, unescapeMountText } from '../../../../agent/parsers/linux-mounts.ts'
import {
  parseFibTrie,
  parseIfInet6,
  parseProcNetIpv6Route,
  parseProcNetRoute,
} from '../../../../agent/parsers/linux-net-files.ts'
import { parseAssignments, timeZoneOfLink } from '../../../../agent/parsers/linux-os.ts'
import { parseApfsList } from '../../../../agent/parsers/macos-apfs.ts'
import { parseSysctl, parseSystemProfiler } from '../../../../agent/parsers/macos-device.ts'
import { parseIfconfig } from '../../../../agent/parsers/macos-ifconfig.ts'
import { parseMacMounts } from '../../../../agent/parsers/macos-mounts.ts'
import { parseNetstatRoutes } from '../../../../agent/parsers/macos-routes.ts'
import { parseScutilDns, parseScutilNwi } from '../../../../agent/parsers/macos-scutil.ts'
import { parsePropertyList } from '../../../../agent/parsers/property-list.ts'
import { parseResolvConf } from '../../../../agent/parsers/resolv-conf.ts'
import { rounded } from '../../../../agent/parsers/values.ts'
import { WINDOWS_CLASSES, windowsFacts } from '../../../../agent/parsers/windows-device.ts'
import { parseWindowsNet } from '../../../../agent/parsers/windows-net.ts'
import { parseWindowsVolumes } from '../../../../agent/parsers/windows-volumes.ts'

const NOW = new Date('2026-11-22T03:00:00.000Z')
/** Pieces of the real forms, so that random texts get past the first test of a parser. */
const pieces = fc.constantFrom(
  '\n',
  ' ',
  '\t',
  ': ',
  '=',
  '"',
  '0',
  '1',
  '-',
  '999999999999999999999',
  'inet ',
  'inet6 ',
  'fe80::1',
  '10.0.0.1',
  '/24',
  'en0',
  ': flags=',
  '<UP>',
  ' mtu ',
  'nameserver ',
  'processor\t: 0\n',
  'default',
  'via',
  'dev',
  '8:1',
  ' - ',
  '/',
  '<dict>',
  '</dict>',
  '<key>',
  '</key>',
  '<array>',
  '<string>',
  '</string>',
  '<plist>',
  '&#x110000;',
  '\u0000',
  '\u001b[2J',
  '\ud800',
  '€',
  'cpu ',
  'MemTotal:',
  ' kB',
  'valid_lft ',
  'sec',
  'resolver #1\n',
  '  nameserver[0] : ',
  'Internet:\n',
  'Destination Gateway Flags Netif\n',
  '|-- ',
  '/32 host LOCAL',
)
const text = fc
  .array(fc.oneof({ weight: 4, arbitrary: pieces }, { weight: 1, arbitrary: fc.string({ unit: 'binary' }) }), {
    maxLength: 60,
  })
  .map((parts) => parts.join(''))

const valid = (schema: TSchema, rows: readonly unknown[]): boolean => rows.every((row) => Value.Check(schema, row))

describe('parsers on any text', () => {
  it('of network settings never throw and give only valid rows', () => {
    const parsers = [
      parseIpAddresses,
      (one: string) => parseIpRoutes(one, 'ipv4'),
      parseIpAddressText,
      parseProcNetRoute,
      parseProcNetIpv6Route,
      parseIfInet6,
      (one: string) => parseFibTrie(one, []),
      (one: string) => parseResolvConf(one, 'x'),
      (one: string) => parseIfconfig(one),
      parseNetstatRoutes,
      parseScutilDns,
    ]
    fc.assert(
      fc.property(text, (one) => parsers.every((parse) => valid(NetRow, parse(one))) && parseScutilNwi(one).size >= 0),
    )
  })

  it('of the device never throw and give only valid facts', () => {
    const parsers = [
      parseCpuinfo,
      memoryFacts,
      swapFacts,
      loadAverageFacts,
      (one: string) => pressureFacts(one, 'io'),
      statFacts,
      vmstatFacts,
      inputFacts,
      parseSystemProfiler,
      (one: string) => parseSysctl(one, NOW),
      (one: string) => parseModules(one).flatMap((module) => moduleFacts(module, one)),
    ]
    fc.assert(
      fc.property(
        text,
        (one) => parsers.every((parse) => valid(DeviceFact, parse(one))) && parseAssignments(one).size >= 0,
      ),
    )
  })

  it('of mounts and lists never throw', () => {
    fc.assert(
      fc.property(text, (one) => {
        parsePropertyList(`<plist>${one}</plist>`)
        return parseMountinfo(one).length + parseMacMounts(one).length + parseApfsList(one).size >= 0
      }),
    )
  })

  it('of Windows objects never throw and give only valid rows, whatever the properties hold', () => {
    const value = fc.oneof(
      fc.jsonValue(),
      fc.string({ unit: 'binary' }),
      fc.bigInt().map(String),
      fc.constantFrom('10.0.0.1', 'C:', '2026-01-01T00:00:00Z', 'fe80::1', '::/0'),
    )
    const names = [
      ...new Set(
        Object.values(WINDOWS_CLASSES)
          .flat()
          .flatMap((one) => one.properties.map((property) => property.from)),
      ),
    ]
    const volume = [
      'DriveType',
      'DriveLetter',
      'Name',
      'Capacity',
      'FreeSpace',
      'Size',
      'Label',
      'FileSystem',
      'DeviceID',
      'ProviderName',
    ]
    const net = [
      'Name',
      'InterfaceIndex',
      'IPAddress',
      'PrefixLength',
      'AddressState',
      'DestinationPrefix',
      'NextHop',
      'RouteMetric',
      'ServerAddresses',
      'NetworkAddresses',
      'MtuSize',
      'TransmitLinkSpeed',
      'SuffixSearchList',
    ]
    const classes = [
      'MSFT_NetAdapter',
      'MSFT_NetIPAddress',
      'MSFT_NetRoute',
      'MSFT_DNSClientServerAddress',
      'MSFT_DNSClientGlobalSetting',
      'Win32_ComputerSystem',
    ]
    const object = (keys: readonly string[], className: fc.Arbitrary<unknown>) =>
      fc
        .dictionary(fc.constantFrom(...keys), value)
        .chain((made) => className.map((name) => ({ ...made, Class: name })))
    fc.assert(
      fc.property(
        object(names, fc.constantFrom(...Object.keys(WINDOWS_CLASSES))),
        object(volume, fc.constant('x')),
        object(net, fc.constantFrom(...classes)),
        (a, b, c) =>
          valid(DeviceFact, windowsFacts(a)) &&
          valid(Volume, parseWindowsVolumes([{ ...b, DriveType: 3 }], true)) &&
          valid(NetRow, parseWindowsNet([c])),
      ),
    )
  })
})

describe('small pieces', () => {
  it('unknown values are left out of a row', () => {
    expect(
      knownFields<{ a?: number; b?: string; c?: string[]; d: boolean }>({ a: Number.NaN, b: '', c: [], d: false }),
    ).toEqual({ d: false })
  })

  it('a number is rounded to its decimals, and stays one however large it is', () => {
    expect([rounded(1.25), rounded(-0.0004, 3), rounded(2 ** 52 - 1), rounded(-(2 ** 52)), rounded(1e308, 3)]).toEqual([
      ...[1.3, -0, 2 ** 52 - 1, -(2 ** 52), 1e308],
    ])
  })

  it('an IPv6 address is written in its short form', () => {
    expect(ipv6OfHex('20010db8000000000000000000000001')).toBe('2001:db8::1')
    expect(ipv6OfHex('00000000000000000000000000000000')).toBe('::')
    expect(ipv6OfHex('zz')).toBeUndefined()
  })

  it('a mask with a hole is none', () => {
    expect(prefixLengthOfMask('255.255.255.0')).toBe(24)
    expect(prefixLengthOfMask('0xffffe000')).toBe(19)
    expect(prefixLengthOfMask('255.0.255.0')).toBeUndefined()
  })

  it('a mount with blanks in its name keeps them', () => {
    expect(unescapeMountText('/mnt/my\\040disk\\134x')).toBe('/mnt/my disk\\x')
  })

  it('assignments are read and never evaluated', () => {
    const values = parseAssignments('NAME="A \\"B\\" $(id)"\nID=\'x\'\n# no\nBAD LINE\nEND="open')
    expect(Object.fromEntries(values)).toEqual({ NAME: 'A "B" $(id)', ID: 'x', END: 'open' })
    expect(timeZoneOfLink('/usr/share/zoneinfo/Europe/Berlin')).toBe('Europe/Berlin')
    expect(timeZoneOfLink('/etc/passwd')).toBeUndefined()
  })

  it('a property list that is cut off, too deep or no list gives nothing', () => {
    expect(parsePropertyList('<plist><dict><key>a</key>')).toBe(null)
    expect(parsePropertyList(`<plist>${'<array>'.repeat(5_000)}`)).toBe(null)
    expect(parsePropertyList('no list')).toBe(null)
    expect(
      parsePropertyList('<plist><array><string>&lt;&#65;</string><false/><integer>5</integer></array></plist>'),
    ).toEqual(['<A', false, 5])
  })
})
