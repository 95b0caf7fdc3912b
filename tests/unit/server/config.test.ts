import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONFIG_KEYS, DEFAULT_CONFIG, loadConfig, variableName } from '@askfirst/server/config.ts'
import { withoutPassword } from '@askfirst/server/secret-mask.ts'
import { uiAddress } from '@askfirst/server/ui-address.ts'
import { describe, expect, test } from 'vitest'

type Flags = Parameters<typeof loadConfig>[0]['flags']
const load = (flags: Flags, environment: Record<string, string> = {}, file: string | null = null) =>
  loadConfig({ flags, environment, file })

describe('the configuration', () => {
  test('takes a flag before the environment before the file before the default', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'askfirst-config-')), 'server.json')
    await writeFile(file, JSON.stringify({ port: 1001, agentPort: 1002, logLevel: 'debug' }))
    const loaded = await load(
      { port: '3001' },
      { ASKFIRST_SERVER_PORT: '2001', ASKFIRST_SERVER_AGENT_PORT: '2002' },
      file,
    )
    expect(loaded).toMatchObject({
      config: { port: 3001, agentPort: 2002, logLevel: 'debug', listen: '127.0.0.1' },
      origins: { port: 'flag', agentPort: 'environment', logLevel: 'file', listen: 'default' },
    })
  })

  test('has a variable for every key', () => {
    expect(CONFIG_KEYS.map(variableName)).toContain('ASKFIRST_SERVER_DATA_DIR')
    expect(Object.keys(DEFAULT_CONFIG).sort()).toEqual([...CONFIG_KEYS].sort())
  })

  test.each<[string, Flags, RegExp]>([
    ['a port that is none', { port: 'http' }, /^port:/],
    ['a port too high', { port: '65536' }, /^port:/],
    ['an unknown store', { store: 'mysql://x' }, /^store:/],
    ['a sender without a mail server', { mailFrom: 'help@example.org' }, /^mailFrom and smtpHost/],
    ['a sender that is no address', { mailFrom: 'help', smtpHost: 'localhost' }, /^mailFrom: it must/],
    ['a mail account without its password', { smtpUser: 'desk' }, /^smtpUser and smtpPasswordFile/],
    ['mails in the open', { mailFrom: 'a@b.example', smtpHost: 'mail.example', smtpTls: 'none' }, /^smtpTls/],
    ['an unknown log level', { logLevel: 'loud' }, /^logLevel:/],
    ['a certificate without a key', { tlsCert: 'a.pem' }, /belong together/],
    ['plain HTTP for the network', { listen: '0.0.0.0', publicUrl: 'http://askfirst.test' }, /unprotected/],
    ['a proxy without the address that browsers show', { behindProxy: '10.0.0.1' }, /^publicUrl/],
    ['an address with a path', { publicUrl: 'https://askfirst.test/x' }, /^publicUrl/],
  ])('refuses %s', async (_case, flags, problem) => {
    expect(await load(flags)).toEqual({ problems: expect.arrayContaining([expect.stringMatching(problem)]) })
  })

  test.each<[string, Flags]>([
    ['loopback in plain', { listen: '127.0.0.1' }],
    [
      'the network with a certificate',
      { listen: '0.0.0.0', tlsCert: 'a', tlsKey: 'b', publicUrl: 'https://askfirst.test' },
    ],
    [
      'the network behind a proxy',
      { listen: '10.0.0.2', behindProxy: '10.0.0.1,10.0.0.3', publicUrl: 'https://askfirst.test' },
    ],
  ])('allows %s', async (_case, flags) => {
    expect(await load(flags)).toHaveProperty('config')
  })

  test('refuses unknown keys and files that are no object', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'askfirst-config-'))
    for (const text of ['{"colour":"red"}', '[]', 'not json']) {
      await writeFile(join(folder, 'x.json'), text)
      expect(await load({}, {}, join(folder, 'x.json')), text).toHaveProperty('problems')
    }
    expect(await load({}, {}, join(folder, 'missing.json'))).toHaveProperty('problems')
  })
})

test('own origins are the public address alone, or every name of loopback', () => {
  const local = uiAddress({ listen: '127.0.0.1', publicUrl: null, tlsCert: null }, 8420)
  expect(local).toMatchObject({ url: 'http://127.0.0.1:8420', https: false })
  expect([...local.origins].sort()).toEqual(['http://127.0.0.1:8420', 'http://[::1]:8420', 'http://localhost:8420'])
  const proxied = uiAddress({ listen: '127.0.0.1', publicUrl: 'https://askfirst.test', tlsCert: null }, 8420)
  const origins = new Set(['https://askfirst.test'])
  expect(proxied).toEqual({ url: 'https://askfirst.test', https: true, origins, hostNames: null })
  expect([...(local.hostNames ?? [])].sort()).toEqual(['127.0.0.1', '[::1]', 'localhost'])
})

test('passwords of addresses are not shown', () => {
  expect(withoutPassword('postgres://askfirst:s3cret@db/askfirst')).toBe('postgres://askfirst:***@db/askfirst')
  expect(withoutPassword('sqlite')).toBe('sqlite')
})
