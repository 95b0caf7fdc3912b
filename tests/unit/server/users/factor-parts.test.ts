import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { qrPath } from '@askfirst/server/users/qr-path.ts'
import { newRecoveryCodes, normalRecoveryCode } from '@askfirst/server/users/recovery-codes.ts'
import { openSecretBox, SecretBox } from '@askfirst/server/users/secret-box.ts'
import { newTotpSecret, totpStep, totpUri } from '@askfirst/server/users/totp.ts'
import { expect, test } from 'vitest'

/** "12345678901234567890" in base32, the secret of RFC 6238 appendix B. */
const RFC_SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
/** Time in seconds and the last six of the eight digits of appendix B (SHA-1). */
const RFC_VECTORS = [
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_111_111_111, '050471'],
  [1_234_567_890, '005924'],
  [2_000_000_000, '279037'],
  [20_000_000_000, '353130'],
] as const

test('codes are those of RFC 6238, appendix B', async () => {
  for (const [seconds, code] of RFC_VECTORS)
    expect(await totpStep(RFC_SECRET, code, seconds * 1_000), code).toBe(Math.floor(seconds / 30))
})

test('a code is one step early or late at most, and six digits', async () => {
  const [seconds, code] = [1_234_567_890, '005924']
  const at = (offset: number) => totpStep(RFC_SECRET, code, (seconds + offset) * 1_000)
  expect(await Promise.all([at(-30), at(0), at(30)])).toEqual([41_152_263, 41_152_263, 41_152_263])
  expect(await at(-60)).toBeNull()
  expect(await at(60)).toBeNull()
  for (const wrong of ['', '5924', '0059240', 'abcdef', '٠٠٥٩٢٤', '00592４'])
    expect(await totpStep(RFC_SECRET, wrong, seconds * 1_000), wrong).toBeNull()
  expect(await totpStep(RFC_SECRET, '005 924', seconds * 1_000)).not.toBeNull()
})

test('a new secret has 160 bits and its address names organisation and account', () => {
  const secret = newTotpSecret()
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  const uri = new URL(totpUri(secret, 'a&b=c@example.org', 'Desk?x=1'))
  expect(uri.protocol).toBe('otpauth:')
  expect(uri.searchParams.get('secret')).toBe(secret)
  expect(uri.searchParams.get('issuer')).toBe('Desk?x=1')
})

test('a QR code is a path of squares and nothing else', () => {
  const { size, path } = qrPath('otpauth://totp/x?secret=AAAA')
  expect(path).toMatch(/^(M\d+ \d+h\d+v1h-\d+z)+$/)
  // A finder pattern begins after the quiet zone: seven dark modules.
  expect(path.startsWith('M4 4h7v1h-7z')).toBe(true)
  expect((size - 8 - 17) % 4).toBe(0)
})

test('recovery codes are ten, distinct, and read alike however they are typed', () => {
  const codes = newRecoveryCodes()
  expect(new Set(codes).size).toBe(10)
  for (const code of codes) expect(code).toMatch(/^([a-hj-np-z2-9]{5}-){2}[a-hj-np-z2-9]{5}$/)
  expect(normalRecoveryCode(' ABCDE fghjk-23456 ')).toBe('abcdefghjk23456')
})

test('a box opens only what it sealed, for the same owner, unchanged', async () => {
  const [box, other] = [new SecretBox(Buffer.alloc(32, 1)), new SecretBox(Buffer.alloc(32, 2))]
  const sealed = box.seal('secret', 'usr_1')
  expect(box.open(sealed, 'usr_1')).toBe('secret')
  expect(box.open(sealed, 'usr_2')).toBeNull()
  expect(other.open(sealed, 'usr_1')).toBeNull()
  const bytes = Buffer.from(sealed, 'base64url')
  bytes[14] = (bytes[14] ?? 0) ^ 1
  expect(box.open(bytes.toString('base64url'), 'usr_1')).toBeNull()
  expect(box.open('x', 'usr_1')).toBeNull()
  expect(box.seal('secret', 'usr_1')).not.toBe(sealed)
  expect(box.mac('code', 'usr_1')).not.toBe(box.mac('code', 'usr_2'))
})

test('its key is made once, for its owner only, and a broken file is named', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'askfirst-box-'))
  try {
    const sealed = (await openSecretBox(directory)).seal('secret', 'x')
    expect((await openSecretBox(directory)).open(sealed, 'x')).toBe('secret')
    const file = join(directory, 'second-factors.key')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readFile(file, 'utf8')).trim()).toHaveLength(44)
    await writeFile(file, 'AAAA')
    await expect(openSecretBox(directory)).rejects.toThrow('second-factors.key')
  } finally {
    await rm(directory, { recursive: true })
  }
})
