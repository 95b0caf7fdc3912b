import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  machineIdHash,
  parseIoreg,
  parseLinuxMachineId,
  parseRegQuery,
  readMachineId,
} from '@askfirst/agent/identity/machine-id.ts'
import { describe, expect, it } from 'vitest'

describe('machine id', () => {
  it('[H7] is read from /etc/machine-id, and not from one that is empty or not set up', () => {
    expect(parseLinuxMachineId('0123456789abcdef0123456789abcdef\n')).toBe('0123456789abcdef0123456789abcdef')
    for (const text of ['', 'uninitialized\n', '0123', null]) expect(parseLinuxMachineId(text)).toBeNull()
  })

  it('[H7] is read from the output of reg.exe and of ioreg', () => {
    const reg =
      '\r\nHKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography\r\n    MachineGuid    REG_SZ    9E1F2B3C-0000-4444-8888-ABCDEFABCDEF\r\n\r\n'
    expect(parseRegQuery(reg)).toBe('9e1f2b3c-0000-4444-8888-abcdefabcdef')
    expect(parseRegQuery('ERROR: Access is denied.')).toBeNull()
    const ioreg = '  "IOPlatformUUID" = "9E1F2B3C-0000-4444-8888-ABCDEFABCDEF"\n'
    expect(parseIoreg(ioreg)).toBe('9e1f2b3c-0000-4444-8888-abcdefabcdef')
    expect(parseIoreg('')).toBeNull()
  })

  it('[H7] stays the same on one machine, and its hash differs from server to server', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'askfirst-machine-'))
    const id = await readMachineId(folder)
    expect(await readMachineId(folder)).toBe(id)
    const [first, second] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
    expect(machineIdHash(id, first)).toMatch(/^[0-9a-f]{64}$/)
    expect(machineIdHash(id, first)).not.toBe(machineIdHash(id, second))
    rmSync(folder, { recursive: true })
  })
})
