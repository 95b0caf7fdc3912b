import { createRedactor } from '@askfirst/agent/redaction/redactor.ts'
import type { Seeds } from '@askfirst/agent/redaction/seeds.ts'
import { personal } from '@askfirst/protocol/privacy.ts'
import fc from 'fast-check'
import { Type } from 'typebox'
import { describe, expect, it } from 'vitest'

const row = Type.Object({
  user: Type.Optional(personal('userName')),
  host: Type.Optional(personal('hostName')),
  mac: Type.Optional(personal('macAddress')),
  address: Type.Optional(personal('ipAddress')),
  serial: Type.Optional(personal('serialNumber')),
  mail: Type.Optional(personal('emailAddress')),
  path: Type.Optional(personal('path')),
  message: Type.Optional(personal('freeText')),
  version: Type.Optional(Type.String()),
  list: Type.Optional(Type.Array(Type.Object({ user: personal('userName') }))),
})
const seeds: Seeds = {
  hostNames: ['anna-laptop.firma.example', 'anna-laptop'],
  userNames: ['anna', 'Anna Schmidt', 'bo'],
  systemAccounts: ['www-data', 'postgres'],
  macAddresses: ['3c:22:fb:01:02:03'],
  ipAddresses: ['192.168.7.21', 'fe80::3e22:fbff:fe01:203'],
}

function redactor(personalData: 'keep' | 'pseudonymise' = 'pseudonymise', key = 1) {
  return createRedactor({ row, personalData, ticketKey: new Uint8Array(32).fill(key), seeds })
}

describe('redaction of personal identifiers', () => {
  it('[X4] gives one value one pseudonym in a ticket and another in the next ticket', () => {
    const one = redactor().row({ user: 'anna' })
    expect(redactor().row({ user: 'ANNA' })).toEqual(one)
    expect(redactor('pseudonymise', 2).row({ user: 'anna' })).not.toEqual(one)
    expect(one.user).toMatch(/^user-[g-z]{8}$/)
    expect(redactor().text('session opened for anna by root')).toBe(`session opened for ${one.user} by root`)
  })

  it('[X2] [X3] keeps everything when the policy says so, but never a secret', () => {
    const kept = redactor('keep')
    expect(kept.row({ user: 'anna', message: 'anna --password hunter2', address: '192.168.7.21' })).toEqual({
      user: 'anna',
      message: 'anna --password [secret]',
      address: '192.168.7.21',
    })
    expect(kept.counts()).toEqual({ secret: 1 })
  })

  it.each([
    'root',
    'SYSTEM',
    'NT AUTHORITY\\LocalService',
    'LocalService',
    'www-data',
    'systemd-network',
    '_spotlight',
    'S-1-5-18',
    '1000',
  ])('[X5] keeps the well-known account %s', (user) => {
    expect(redactor().row({ user })).toEqual({ user })
  })

  it('[X5] keeps which accounts share a domain', () => {
    const [a, b] = ['FIRMA\\anna', 'FIRMA\\karl'].map((user) => String(redactor().row({ user }).user).split('\\'))
    expect(a?.[0]).toBe(b?.[0])
    expect(a?.[1]).not.toBe(b?.[1])
  })

  it('[X5] keeps which addresses share a network, and their class', () => {
    const [a, b, c, d] = ['192.168.7.21', '192.168.7.22', '192.168.8.21', '8.8.4.4'].map((address) =>
      String(redactor().row({ address }).address),
    )
    expect(a?.split('.')[0]).toBe(b?.split('.')[0])
    expect(a).not.toBe(b)
    expect(a?.split('.')[0]).not.toBe(c?.split('.')[0])
    expect([a, c, d].map((text) => text?.split('-')[0])).toEqual(['private192', 'private192', 'public'])
  })

  it.each(['127.0.0.1', '0.0.0.0', '169.254.3.4', '255.255.255.0', '224.0.0.251', '::1', '::', 'ff02::1'])(
    '[X5] keeps the address %s, which names nobody',
    (address) => {
      expect(redactor().row({ address })).toEqual({ address })
    },
  )

  it('[X5] keeps the network of IPv6 addresses however they are written', () => {
    const [a, b, c] = ['fd00:1:2:3::4', 'fd00:0001:2:3:0:0:0:4', 'fd00:1:2:3::5'].map(
      (address) => redactor().row({ address }).address,
    )
    expect(a).toBe(b)
    expect(String(c).split('.')[0]).toBe(String(a).split('.')[0])
    expect(redactor().row({ address: 'fe80::3e22:fbff:fe01:203%eth0' }).address).toMatch(/^linklocal6-[g-z]{8}%eth0$/)
  })

  it('[X5] keeps the maker of a network card in every spelling', () => {
    const spellings = ['3c:22:fb:01:02:03', '3C-22-FB-01-02-03', '3c22.fb01.0203', '3c22fb010203']
    const bare = spellings.map((mac) => String(redactor().row({ mac }).mac).replace(/[:.-]/g, ''))
    expect(new Set(bare).size).toBe(1)
    expect(bare[0]).toMatch(/^3c22fb[g-z]{6}$/)
    expect(redactor().row({ mac: 'ff:ff:ff:ff:ff:ff' }).mac).toBe('ff:ff:ff:ff:ff:ff')
  })

  it('[X5] keeps the domain that e-mail addresses and hosts have in common', () => {
    const text = redactor().text('anna@firma.example wrote to karl@firma.example and x@other.example')
    const domains = [...text.matchAll(/@(\S+)/g)].map((match) => match[1])
    expect(domains[0]).toBe(domains[1])
    expect(domains[0]).not.toBe(domains[2])
    expect(text).not.toMatch(/firma|anna|karl/)
    const [a, b] = ['pc1.firma.example', 'pc2.firma.example'].map((host) => String(redactor().row({ host }).host))
    expect(a?.split('.').slice(1)).toEqual(b?.split('.').slice(1))
  })

  it("[X6] finds the machine's own names in free text, inside other words and in other spellings", () => {
    const planted = [
      'dhcp-192-168-7-21 joined',
      'enx3c22fb010203: link up',
      'ANNA-LAPTOP rebooted',
      'anna-laptop.firma.example is up',
      'user Anna Schmidt logged in',
      '/home/anna/.cache',
      'C:\\Users\\Karl\\x',
      'file:///Users/karl/y',
      'from 192.168.7.21 port 22',
      'S-1-5-21-1111111111-2222222222-3333333333-1001',
      'anna_laptop and anna.txt',
      '3C-22-FB-01-02-03',
    ]
    for (const message of planted) {
      const text = redactor().text(message)
      expect(text.toLowerCase()).not.toMatch(/anna|karl|schmidt|192.168.7.21|3c22fb010203|01-02-03|1111111111|firma/)
    }
  })

  it('[X5] leaves unmarked fields, placeholders and ordinary words alone', () => {
    const plain = {
      version: '10.2.3.4',
      serial: 'To be filled by O.E.M.',
      host: 'localhost',
      path: '/usr/share/annals',
      message: 'bo 03:00:00 a::',
    }
    expect(redactor().row(plain)).toEqual(plain)
  })

  it('[X8] counts by kind', () => {
    const counting = redactor()
    counting.row({
      user: 'anna',
      mail: 'anna@firma.example',
      serial: 'C02XL0',
      list: [{ user: 'karl' }, { user: 'root' }],
    })
    expect(counting.counts()).toEqual({ userName: 2, emailAddress: 1, serialNumber: 1 })
  })

  it('[X7] changes nothing the second time', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'anna',
        'Anna Schmidt',
        'anna-laptop',
        'FIRMA\\anna',
        'anna@firma.example',
        '/home/karl/x',
        '3c:22:fb:01:02:03',
        'C:\\Users\\karl',
        'S-1-5-21-1-2-3-1001',
        '192-168-7-21',
        'user-',
        ' for ',
      ),
      fc.ipV4(),
      fc.ipV6(),
      fc.emailAddress(),
      fc.string({ maxLength: 12 }),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), fc.constantFrom(' ', '/', ', '), (parts, glue) => {
        const value = parts.join(glue)
        for (const field of ['user', 'host', 'mac', 'address', 'serial', 'mail', 'path', 'message']) {
          const once = redactor().row({ [field]: value })
          const again = redactor()
          expect(again.row(once)).toEqual(once)
          expect(again.counts()).toEqual({})
        }
      }),
      { numRuns: 400 },
    )
  })
})
