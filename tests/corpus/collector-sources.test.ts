import { DeviceFact } from '@askfirst/protocol/results/device-info.ts'
import { Volume } from '@askfirst/protocol/results/disk-space.ts'
import { NetRow } from '@askfirst/protocol/results/net-config.ts'
import { ProcessRow } from '@askfirst/protocol/results/process-list.ts'
import type { TSchema } from 'typebox'
import { Value } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { parseIpAddressText } from '../../agent/parsers/linux-ip-text.ts'
import { parseSysctl } from '../../agent/parsers/macos-device.ts'
import { parseHardwarePorts, parseIfconfig } from '../../agent/parsers/macos-ifconfig.ts'
import { parseMacMounts } from '../../agent/parsers/macos-mounts.ts'
import { parsePs } from '../../agent/parsers/macos-ps.ts'
import { parseNetstatRoutes } from '../../agent/parsers/macos-routes.ts'
import { parsePropertyList } from '../../agent/parsers/property-list.ts'
import { jsonList, jsonObject } from '../../agent/parsers/values.ts'
import { windowsFacts } from '../../agent/parsers/windows-device.ts'
import { parseWindowsNet } from '../../agent/parsers/windows-net.ts'
import { parseWindowsVolumes } from '../../agent/parsers/windows-volumes.ts'
import { corpusFolder, corpusText } from '../support/corpus.ts'
import { parseWmiList } from '../support/wmi-list.ts'

const NOW = new Date('2026-11-22T03:00:00.000Z')
const wmi = (name: string): Record<string, unknown>[] => parseWmiList(corpusText(`windows/glpi-agent/${name}.wmi.txt`))

function allValid(schema: TSchema, rows: readonly unknown[]): void {
  for (const row of rows) expect([...Value.Errors(schema, row)], JSON.stringify(row)).toEqual([])
}

describe.skipIf(corpusFolder === null)('recordings of real macOS machines', () => {
  it('ps axu gives every one of its 377 processes', () => {
    const rows = parsePs(corpusText('macos/jc/osx-10.14.6-ps-axu.txt').split('\n'), NOW)
    allValid(ProcessRow, rows)
    expect(rows).toHaveLength(377)
    expect(rows[0]).toEqual({
      pid: 1046,
      name: 'com.docker.hyperkit',
      user: 'macuser',
      cpuPercent: 3.7,
      memoryPercent: 3,
      cpuTimeMs: 473_610,
      rssBytes: 510_758_912,
      state: 'sleeping',
    })
  })

  it('ps with other columns gives no row and no wrong one', () => {
    expect(parsePs(corpusText('macos/jc/osx-10.14.6-ps-ef.txt').split('\n'), NOW)).toEqual([])
  })

  it.each([
    ['macos/jc/osx-10.14.6-ifconfig.txt', 20, 15, 'f0:18:98:03:d9:30'],
    ['macos/jc/osx-10.14.6-ifconfig2.txt', 21, 16, 'a4:83:e7:2d:63:8e'],
    ['macos/glpi-agent/ifconfig-m1-pro-14.5.txt', 22, 11, 'AA:AA:AA:AA:AA:CC'],
    ['macos/glpi-agent/ifconfig-imac-10.14.6.txt', 14, 9, '3c:36:00:60:88:11'],
  ])('%s gives %i interfaces and %i addresses', (path, interfaces, addresses, mac) => {
    const rows = parseIfconfig(corpusText(path))
    allValid(NetRow, rows)
    expect(rows.filter((row) => row.part === 'interface')).toHaveLength(interfaces)
    expect(rows.filter((row) => row.part === 'address')).toHaveLength(addresses)
    expect(rows.find((row) => row.part === 'interface' && row.interface === 'en0')).toMatchObject({
      link: 'up',
      macAddress: mac,
    })
  })

  it('the port list names what an interface is', () => {
    const ports = parseHardwarePorts(corpusText('macos/glpi-agent/networksetup-imac-10.14.6.txt'))
    expect([...ports]).toEqual([
      ['en0', 'Ethernet'],
      ['en1', 'Wi-Fi'],
      ['en4', 'Bluetooth PAN'],
      ['en2', 'Thunderbolt 1'],
      ['en3', 'Thunderbolt 2'],
      ['bridge0', 'Thunderbolt Bridge'],
    ])
    const rows = parseIfconfig(corpusText('macos/glpi-agent/ifconfig-imac-10.14.6.txt'), ports)
    expect(rows.find((row) => row.interface === 'en0')).toMatchObject({
      type: 'ethernet',
      speedMbps: 1_000,
      duplex: 'full',
    })
    expect(rows.find((row) => row.interface === 'en1')).toMatchObject({ type: 'wifi', link: 'up' })
  })

  it('netstat gives the ways out and leaves neighbours out', () => {
    const rows = parseNetstatRoutes(corpusText('macos/jc/osx-10.14.6-netstat-rnl.txt'))
    allValid(NetRow, rows)
    expect(rows).toHaveLength(20)
    expect(rows[0]).toMatchObject({
      destination: 'default',
      gateway: '192.168.1.254',
      interface: 'en0',
      family: 'ipv4',
    })
    expect(rows.filter((row) => row.destination === 'default')).toHaveLength(6)
    expect(rows.map((row) => row.destination)).toContain('192.168.1.0/24')
  })

  it('mount gives devices, places and kinds of file systems', () => {
    const mounts = parseMacMounts(corpusText('macos/jc/osx-10.14.6-mount2.txt'))
    expect(mounts.map((mount) => [mount.mount, mount.fileSystem])).toEqual([
      ['/', 'apfs'],
      ['/dev', 'devfs'],
      ['/private/var/vm', 'apfs'],
      ['/net', 'autofs'],
      ['/home', 'autofs'],
      ['/Volumes/brazil', 'afpfs'],
      ['/Volumes/Recovery', 'apfs'],
    ])
  })

  it('sysctl gives model, memory, swap and load', () => {
    const facts = parseSysctl(corpusText('macos/jc/osx-10.14.6-sysctl-a.txt'), NOW)
    allValid(DeviceFact, facts)
    const values = Object.fromEntries(
      facts.map((fact) => [`${fact.section} ${fact.name}`, fact.text ?? fact.number ?? fact.at]),
    )
    expect(values).toMatchObject({
      'system bootedAt': '2020-06-22T14:34:39.000Z',
      'operatingSystem build': '18G5033',
      'processor model': 'Intel(R) Core(TM) i5-8279U CPU @ 2.40GHz',
      'processor cores': 4,
      'processor logicalProcessors': 8,
      'memory total': 17_179_869_184,
      'memory swapTotal': 3_221_225_472,
      'memory swapFree': 585_629_696,
      'load load1': 2.57,
    })
  })

  it.each([
    ['SPUSB-a', 'SPUSBDataType', 7],
    ['SPUSB-c', 'SPUSBDataType', 5],
    ['SPUSB-dvd', 'SPUSBDataType', 2],
    ['SPSerialATA-a', 'SPSerialATADataType', 1],
    ['SPSerialATA-b', 'SPSerialATADataType', 1],
    ['SPCardReader', 'SPCardReaderDataType', 1],
    ['SPDiscBurning', 'SPDiscBurningDataType', 1],
  ])('the property list %s is read whole', (name, type, items) => {
    const report = jsonObject(
      jsonList(parsePropertyList(corpusText(`macos/glpi-agent/system_profiler-${name}.plist`)))[0],
    )
    expect(report?._dataType).toBe(type)
    expect(jsonList(report?._items)).toHaveLength(items)
  })
})

describe.skipIf(corpusFolder === null)('recordings of real Linux machines', () => {
  it.each([
    ['linux/hotsos/kubernetes-ip-d-address.txt', 6, 3, ['10.6.3.201']],
    ['linux/hotsos/openstack-ip-d-address.txt', 13, 11, []],
    ['linux/glpi-agent/ip-addr-el8.txt', 6, 4, ['10.10.220.101']],
  ])('%s gives %i addresses on %i interfaces', (path, addresses, interfaces, byDhcp) => {
    const rows = parseIpAddressText(corpusText(path))
    allValid(NetRow, rows)
    expect(rows).toHaveLength(addresses)
    expect(new Set(rows.map((row) => row.interface)).size).toBe(interfaces)
    expect(rows.filter((row) => row.origin === 'dhcp').map((row) => row.address)).toEqual(byDhcp)
  })

  it('ps axu of Linux has the same form', () => {
    const rows = parsePs(corpusText('linux/jc/ubuntu-18.04-ps-axu.txt').split('\n'), NOW)
    allValid(ProcessRow, rows)
    expect(rows).toHaveLength(172)
    expect(rows[0]).toMatchObject({ pid: 1, name: 'init', user: 'root' })
  })
})

describe.skipIf(corpusFolder === null)('recordings of real Windows machines', () => {
  it('volumes with and without a letter, and network drives only when allowed', () => {
    const rows = parseWindowsVolumes(
      [...wmi('win10-crypt-Win32_Volume'), ...wmi('win10-crypt-Win32_LogicalDisk')],
      false,
    )
    allValid(Volume, rows)
    expect(rows).toHaveLength(3)
    expect(rows[0]).toMatchObject({
      mount: 'C:',
      label: 'Windows',
      fileSystem: 'NTFS',
      sizeBytes: 510_462_619_648,
      availableBytes: 271_162_552_320,
      usedPercent: 46.9,
      needsCheck: false,
    })
    const server = wmi('2008-Enterprise-Win32_LogicalDisk')
    expect(parseWindowsVolumes(server, true).map((row) => row.mount)).toEqual(['C:', 'D:', 'J:', 'L:', 'Z:'])
    expect(parseWindowsVolumes(server, false).map((row) => row.mount)).toEqual(['C:', 'D:'])
  })

  it('a volume in a folder, and drives without a medium', () => {
    const rows = parseWindowsVolumes(
      [...wmi('win7-sp1-x64-Win32_Volume'), ...wmi('win7-sp1-x64-Win32_LogicalDisk')],
      true,
    )
    allValid(Volume, rows)
    expect(rows.map((row) => row.mount)).toEqual([
      '\\\\?\\Volume{0a3e595a-00d7-11e3-86ca-806e6f6e6963}\\',
      'C:\\MountedPoint\\Here\\',
      'C:',
      'Z:',
    ])
  })

  it('network adapters while a tunnel is up', () => {
    const rows = parseWindowsNet(
      wmi('vpn-up-MSFT_NetAdapter').map((values) => ({ ...values, Class: 'MSFT_NetAdapter' })),
    )
    allValid(NetRow, rows)
    expect(rows.map((row) => [row.interface, row.type, row.link, row.speedMbps])).toEqual([
      ['Ethernet 2', 'virtual', 'down', undefined],
      ['Ethernet 4', 'ethernet', 'down', undefined],
      ['Wi-Fi', 'wifi', 'up', 144.4],
      ['Connexion réseau Bluetooth', 'virtual', 'down', undefined],
      ['Ethernet 3', 'virtual', 'up', 100_000],
    ])
  })

  it.each([
    [
      '11-AzureAD-Win32_ComputerSystem',
      'Win32_ComputerSystem',
      { manufacturer: 'LENOVO', model: '20TBS57S00', total: 16_863_318_016, inDomain: false },
    ],
    [
      '2019-amd-epyc-Win32_Processor',
      'Win32_Processor',
      { model: 'AMD EPYC 7302 16-Core Processor', cores: 2, maxClock: 2_994 },
    ],
    [
      '7-Win32_PhysicalMemory',
      'Win32_PhysicalMemory',
      { size: 2_147_483_648, speed: 1_600, partNumber: 'F3-12800CL9-2GBXL' },
    ],
    [
      'intel+nvidia-Win32_VideoController',
      'Win32_VideoController',
      { model: 'NVIDIA GeForce GTX 950', driverVersion: '30.0.15.1215' },
    ],
    [
      'latitude-7480-Win32_DiskDrive',
      'Win32_DiskDrive',
      { model: 'PC300 NVMe SK hynix 512GB', size: 512_105_932_800, serialNumber: 'ACE4_2E61_9000_7804.' },
    ],
  ])('%s gives the facts of its class', (name, className, expected) => {
    const facts = wmi(name).flatMap((values) => windowsFacts({ ...values, Class: className }))
    allValid(DeviceFact, facts)
    expect(
      Object.fromEntries(facts.map((fact) => [fact.name, fact.text ?? fact.number ?? fact.flag ?? fact.serialNumber])),
    ).toMatchObject(expected)
    expect(facts.map((fact) => fact.text)).not.toContain('Undefined')
  })
})
