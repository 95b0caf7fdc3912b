import { describe, expect, it } from 'vitest'
import {
  addressRangeFacts,
  cryptoFacts,
  diskCounterFacts,
  fragmentationFacts,
  interruptFacts,
  kernelOptionFacts,
  limitFacts,
  namedCounters,
  pairedCounters,
  slabFacts,
  zoneFacts,
} from '../../../../agent/parsers/linux-counters.ts'

/** Facts as `item / name = value`. */
const short = (facts: ReturnType<typeof zoneFacts>) =>
  facts.map(({ item, name, number, text }) => `${item} / ${name} = ${number ?? text}`)

describe('counters of the Linux kernel', () => {
  it('pairs names with numbers, group by group', () => {
    const text = 'Tcp: ActiveOpens CurrEstab\nTcp: 12 3\nUdp: InErrors\nUdp: 7\nOdd: A B\nOther: 1 2\n'
    expect(short(pairedCounters(text, 's'))).toEqual([
      'counters Tcp / ActiveOpens = 12',
      'counters Tcp / CurrEstab = 3',
      'counters Udp / InErrors = 7',
    ])
  })

  it('reads name and number, and passes over anything else', () => {
    const place = { section: 'load', source: 's', item: 'memory.stat' } as const
    const facts = namedCounters('anon 4096\nIp6InReceives   \t 5\n5 x\nname 1 2\nx -1\n', place)
    expect(short(facts)).toEqual(['memory.stat / anon = 4096', 'memory.stat / Ip6InReceives = 5'])
  })

  it('adds up the processors of each interrupt', () => {
    const text =
      '           CPU0       CPU1\n 24:          1          2  IO-APIC   5-edge  ahci\nNMI:  3 4 Non-maskable\nERR:  0\n'
    expect(short(interruptFacts(text, 's'))).toEqual([
      'interrupt 24 / count = 3',
      'interrupt 24 / from = IO-APIC 5-edge ahci',
      'interrupt NMI / count = 7',
      'interrupt NMI / from = Non-maskable',
      'interrupt ERR / count = 0',
    ])
  })

  it('reads memory zones, free blocks and the caches of the kernel', () => {
    expect(
      short(zoneFacts('Node 0, zone   Normal\n  pages free     77\n        min      5\n      nr_dirty 9\n')),
    ).toEqual(['node 0 zone Normal / free = 77', 'node 0 zone Normal / min = 5', 'node 0 zone Normal / nr_dirty = 9'])
    expect(short(fragmentationFacts('Node 0, zone      DMA      3      1\n'))).toEqual([
      'node 0 zone DMA / free blocks of 1 pages = 3',
      'node 0 zone DMA / free blocks of 2 pages = 1',
    ])
    expect(short(slabFacts('slabinfo - version: 2.1\n# name <active_objs>\ndentry 10 20 192 21 1 : x\n'))).toEqual([
      'kernel cache dentry / activeObjects = 10',
      'kernel cache dentry / objectSize = 192',
      'kernel cache dentry / size = 3840',
    ])
  })

  it('reads ciphers, build options, limits and what the drives did', () => {
    const cipher =
      'name         : cbc(aes)\ndriver       : cbc-aes-aesni\nmodule       : aesni_intel\npriority     : 400\nselftest     : passed\ntype         : skcipher\n\nname : torn\n'
    expect(short(cryptoFacts(cipher))).toEqual([
      'cipher cbc-aes-aesni / name = cbc(aes)',
      'cipher cbc-aes-aesni / module = aesni_intel',
      'cipher cbc-aes-aesni / type = skcipher',
      'cipher cbc-aes-aesni / selfTest = passed',
      'cipher cbc-aes-aesni / priority = 400',
    ])
    const options = ['# CONFIG_A is not set', 'CONFIG_B=y', 'CONFIG_C="text"', 'CONFIG_D=', 'nonsense']
    expect(short(kernelOptionFacts(options, 's'))).toEqual(['built with / B = y', 'built with / C = text'])
    const limits =
      'Limit                     Soft Limit           Hard Limit           Units\nMax open files            1024                 4096                 files\n'
    expect(short(limitFacts(limits))).toEqual(['limits of the account / Max open files = 1024 (at most 4096)'])
    const disks = '   7       0 loop0 1 0 0 0\n 259       0 nvme0n1 10 1 80 5 20 2 160 9 0 14 14\n'
    expect(short(diskCounterFacts(disks)).slice(0, 4)).toEqual([
      'nvme0n1 / reads = 10',
      'nvme0n1 / readsMerged = 1',
      'nvme0n1 / sectorsRead = 80',
      'nvme0n1 / readTime = 5',
    ])
  })

  it('gives no address ranges where the system hides them', () => {
    expect(addressRangeFacts('00000000-00000000 : Reserved\n  00000000-00000000 : PCI Bus\n', 's')).toEqual([])
    expect(short(addressRangeFacts('fec00000-fec003ff : IOAPIC 0\n', 's'))).toEqual([
      'address ranges / fec00000-fec003ff = IOAPIC 0',
    ])
  })
})
