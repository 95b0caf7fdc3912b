import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  LogSigner,
  openLogSigner,
  parseVerifierKey,
  signedNoteName,
  verifyCheckpoint,
} from '@askfirst/server/ca/log-signer.ts'
import { afterAll, describe, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'askfirst-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const signer = new LogSigner('desk.example.org', generateKeyPairSync('ed25519').privateKey)
const checkpoint = { origin: 'desk.example.org/ticket/tkt_1', size: 7, headHash: 'ab'.repeat(32) }

describe('signed checkpoints', () => {
  it('[G6] come back when name and key are the right ones', () => {
    expect(verifyCheckpoint(signer.sign(checkpoint), signer.keyName, signer.publicKey)).toEqual(checkpoint)
  })

  it('[G6] are refused with another key or another name', () => {
    const other = new LogSigner(signer.keyName, generateKeyPairSync('ed25519').privateKey)
    expect(verifyCheckpoint(signer.sign(checkpoint), signer.keyName, other.publicKey)).toBeNull()
    expect(verifyCheckpoint(signer.sign(checkpoint), 'other.example.org', signer.publicKey)).toBeNull()
  })

  it('[G6] are refused with any single changed character', () => {
    const note = signer.sign(checkpoint)
    for (let at = 0; at < note.length; at += 1) {
      const changed = note.slice(0, at) + (note[at] === 'A' ? 'B' : 'A') + note.slice(at + 1)
      expect(verifyCheckpoint(changed, signer.keyName, signer.publicKey), `position ${at}`).toBeNull()
    }
  })

  it('[G6] verify with a key from its published vector (C2SP signed-note, sumdb form)', () => {
    // The verifier key of the Go checksum database, as golang.org/x/mod publishes it.
    const go = parseVerifierKey('sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8')
    expect(go?.keyName).toBe('sum.golang.org')
    expect(parseVerifierKey(signer.verifierKey)).toEqual({ keyName: signer.keyName, publicKey: signer.publicKey })
    expect(parseVerifierKey(signer.verifierKey.replace(/.$/, '*'))).toBeNull()
  })

  it('[G6] are signed with a key that is kept readable by its owner alone', async () => {
    const first = await openLogSigner({ directory: folder, name: 'Our desk + more' })
    const second = await openLogSigner({ directory: folder, name: 'Our desk + more' })
    expect(second.verifierKey).toBe(first.verifierKey)
    expect(first.keyName).toBe(signedNoteName('Our desk + more'))
    expect(first.keyName).not.toMatch(/[\s+]/)
    expect(statSync(join(folder, 'log-signing.key')).mode & 0o777).toBe(0o600)
  })
})
