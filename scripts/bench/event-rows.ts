import { randomBytes, randomInt } from 'node:crypto'
import { zstdCompressSync } from 'node:zlib'

const PROVIDERS = ['disk', 'kernel', 'systemd', 'NetworkManager', 'sshd', 'cron', 'dbus-daemon', 'udisksd']
const WORDS =
  'device error while reading sector from the drive retry failed connection timed out request id service entered state started stopped because dependency unit could not be reached policy lease renewed address interface link carrier lost restored job queued waiting process exited with status signal memory pressure reclaimed pages cache flushed journal'.split(
    ' ',
  )
const BOOT = randomBytes(16).toString('hex')
const pick = (list: readonly string[]) => list[randomInt(list.length)] ?? ''

/** One row as `eventlog.query` gives it, about 420 bytes of JSON; no two are alike. */
function eventRow(at: number): string {
  const words = Array.from({ length: 16 }, () => pick(WORDS)).join(' ')
  const unit = pick(PROVIDERS)
  return JSON.stringify({
    time: new Date(1_700_000_000_000 + at * 137).toISOString(),
    level: pick(['error', 'warning', 'information', 'information']),
    provider: unit,
    channel: 'journal',
    pid: randomInt(32_768),
    host: 'pc-accounting-04',
    user: '1000',
    program: `/usr/lib/${unit}/${unit}d`,
    unit: `${unit}.service`,
    bootId: BOOT,
    message: `${words} 0x${randomBytes(6).toString('hex')} after ${randomInt(90_000)} ms`,
  })
}

/** Rows of one chunk, compressed as an agent does it. */
export interface Body {
  readonly rows: number
  readonly rawBytes: number
  readonly bytes: Uint8Array
}

export function eventBody(rows: number, from: number): Body {
  const raw = Buffer.from(Array.from({ length: rows }, (_, at) => `${eventRow(from + at)}\n`).join(''))
  return { rows, rawBytes: raw.length, bytes: zstdCompressSync(raw) }
}

/** Rows that hardly compress, near the largest frame that there may be: what a burst is made of. */
export function denseBody(from: number): Body {
  const row = (at: number) =>
    `${JSON.stringify({ time: new Date(1_700_000_000_000 + at).toISOString(), level: 'error', provider: 'disk', channel: 'journal', message: randomBytes(240).toString('base64') })}\n`
  const raw = Buffer.from(Array.from({ length: 700 }, (_, at) => row(from + at)).join(''))
  return { rows: 700, rawBytes: raw.length, bytes: zstdCompressSync(raw) }
}
