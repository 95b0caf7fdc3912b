import { redactSecrets, SECRET_REDACTORS } from '@askfirst/agent/redaction/redact-secrets.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const word = fc
  .tuple(fc.constantFrom('hunter', 'Sommer', 'azucar', 'q7Kx'), fc.integer({ min: 1_000, max: 9_999_999 }))
  .map(([start, digits]) => `${start}${digits}`)
const keys = [
  'password',
  'PASSWORD',
  'dbPassword',
  'DB_PASSWORD',
  'kennwort',
  'Passwort',
  'mot_de_passe',
  'contraseña',
  'client_secret',
  'apiKey',
  'api-key',
  'access_token',
  'registration_key',
  'pwd',
]
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** How a secret stands in logs and command lines; `k` is a key's name, `s` the secret. */
const SHAPES: Readonly<Record<string, (k: string, s: string) => string>> = {
  assignment: (k, s) => `${k}=${s}`,
  'assignment with blanks': (k, s) => `the ${k} : ${s} was taken`,
  'quoted assignment': (k, s) => `${k}="${s} with blanks"`,
  json: (k, s) => JSON.stringify({ a: 1, [k]: s, b: 2 }),
  'json in json': (k, s) => JSON.stringify({ message: JSON.stringify({ [k]: s }) }),
  'url encoded': (k, s) => `callback?${k}%3D${s}`,
  'query of a url': (k, s) => `GET /x?a=1&${k}=${s}&b=2 HTTP/1.1`,
  xml: (k, s) => `<${k}>${s}</${k}>`,
  'long flag': (k, s) => `tool --${k} ${s} --other x`,
  'long flag with equals': (k, s) => `tool --${k}=${s} --other x`,
  'utf-16 read as utf-8': (k, s) => `${k}=${s}`.split('').join('\0'),
  'encoded command': (k, s) =>
    `powershell -EncodedCommand ${Buffer.from(`$x = 1; ${k}="${s}"`, 'utf16le').toString('base64')}`,
  'user and password in base 64': (_k, s) => `credential ${base64(`bob:${s}`)}`,
  'basic authorization': (_k, s) => `Authorization: Basic ${base64(`bob:${s}`)}`,
  bearer: (_k, s) => `curl -H "Authorization: Bearer ${s}abc.def"`,
  'userinfo of a url': (_k, s) => `cloning https://bob:${s}@example.org/x.git`,
  'connection string': (_k, s) => `Server=db;User Id=sa;Password=${s};Encrypt=yes`,
  'mysql -p': (_k, s) => `mysqldump -h db -uroot -p${s} shop`,
  'sshpass -p': (_k, s) => `sshpass -p ${s} ssh bob@host`,
  'curl -u': (_k, s) => `curl -s -u bob:${s} https://example.org`,
  'docker login -p': (_k, s) => `docker login -u bob -p ${s} registry.example.org`,
  'redis-cli -a': (_k, s) => `redis-cli -h db -a ${s} ping`,
  'net use': (_k, s) => `net use z: \\\\server\\share ${s} /user:bob`,
  cookie: (_k, s) => `Cookie: theme=dark; session=${s}`,
  'snmp community': (_k, s) => `snmpwalk -v2c -c ${s} router`,
  'rocommunity line': (_k, s) => `rocommunity ${s} default`,
  'prose in English': (_k, s) => `my password is ${s}, please look`,
  'prose in German': (_k, s) => `mein Passwort lautet ${s}, bitte`,
  'pem block': (_k, s) => `-----BEGIN PRIVATE KEY-----\n${base64(s.repeat(9))}\n${s}\n-----END PRIVATE KEY-----`,
}

describe('redaction of secrets', () => {
  it.each(Object.keys(SHAPES))('[X1] [X2] never lets a planted secret out: %s', (shape) => {
    const make = SHAPES[shape] ?? ((_k: string, s: string) => s)
    fc.assert(
      fc.property(fc.constantFrom(...keys), word, (key, secret) => {
        const plain = make(key, secret).includes('\0') ? make(key, secret).replaceAll('\0', '') : make(key, secret)
        const { text, count } = redactSecrets(plain)
        expect(text).not.toContain(secret)
        expect(text).not.toContain(base64(`bob:${secret}`))
        expect(count).toBeGreaterThan(0)
      }),
      { numRuns: 60 },
    )
  })

  it('[X7] changes nothing the second time', () => {
    const shapes = Object.values(SHAPES)
    const part = fc.oneof(
      fc
        .tuple(fc.constantFrom(...shapes), fc.constantFrom(...keys), word)
        .map(([make, key, secret]) => make(key, secret)),
      fc.string({ maxLength: 20 }),
      fc.constantFrom('=', ': ', '"', "'", '--password ', 'password', '[secret]', 'Bearer ', '\\"', '://', '@', ' '),
    )
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.constantFrom(' ', '\n', ''), (parts, glue) => {
        const once = redactSecrets(parts.join(glue)).text
        expect(redactSecrets(once)).toEqual({ text: once, count: 0 })
      }),
      { numRuns: 1_500 },
    )
  })

  it.each([
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['GitHub', `ghp_${'a1B2'.repeat(9)}`],
    ['GitLab', `glpat-${'a1B2'.repeat(5)}`],
    ['Slack', 'xoxb-123456789012-abcdefABCDEF'],
    ['Google', `AIza${'a1B2c'.repeat(7)}`],
    ['Azure storage', `AccountKey=${'a1B2'.repeat(21)}==`],
    ['JWT', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
    ['WireGuard', 'PrivateKey = yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk='],
    ['BitLocker', '111111-222222-333333-444444-555555-666666-111111-222222'],
  ])('[X2] knows a key by its own form: %s', (_provider, key) => {
    const { text, count } = redactSecrets(`found ${key} here`)
    expect(count).toBe(1)
    expect(text).not.toContain(key.split('= ').at(-1))
    expect(text).toMatch(/^found .*here$/)
  })

  it.each([
    'Started Session 12 of user root.',
    'the password was changed by an administrator',
    'basic authentication failed',
    'compass: north; bypass=1; passed: 12 of 14',
    'usb 1-1: New USB device found, idVendor=1d6b, idProduct=0002, bcdDevice= 5.10',
    'Module 53.6.4 build 2026-11-22T03:00:00.000Z {3f2504e0-4f89-11d3-9a0c-0305e82c3301}',
    '/usr/lib/systemd/systemd --switched-root --system --deserialize=31',
  ])('leaves ordinary text alone: %s', (text) => {
    expect(redactSecrets(text)).toEqual({ text, count: 0 })
  })

  it.each([
    ...SECRET_REDACTORS.flatMap((redactor) => redactor.hints.slice(0, 12)),
    'a-',
    '"',
    '\\"',
    'password=',
    'password "',
    'x_',
    ' -',
    'eyJ',
    '-----BEGIN PRIVATE KEY-----',
    '<password>',
    '000000-',
    'A1b2',
  ])('[X2] stays linear on 64 KiB of %j', (part) => {
    const size = (length: number) => part.repeat(Math.ceil(length / part.length))
    const time = (text: string) => {
      const from = process.cpuUsage()
      redactSecrets(text)
      const { user, system } = process.cpuUsage(from)
      return (user + system) / 1_000
    }
    time(size(8_192))
    // Backtracking without bound takes minutes here; a bound this wide only tells those two apart.
    expect(time(size(65_536))).toBeLessThan(5_000)
  })
})
