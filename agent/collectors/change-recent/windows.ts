import type { ChangeRow } from '@askfirst/protocol/results/change-recent.ts'
import { eventXmlRows } from '../../parsers/event-xml.ts'
import { newTally } from '../../parsers/parse-tally.ts'
import { CHANGE_EVENTS, changeOfEvent } from '../../parsers/windows-changes.ts'
import { uninstallKeyChange } from '../../parsers/windows-uninstall-keys.ts'
import type { CollectorContext } from '../../runtime/collector-context.ts'
import { SourceError } from '../../runtime/collector-context.ts'
import type { ChangeWindow } from './window.ts'
import { passOn, passUnparsed } from './window.ts'

const WEVTUTIL = ['C:\\Windows\\System32\\wevtutil.exe']
const MAX_EVENTS = 5_001

/** Win32_Product is never asked: asking makes Windows Installer check and repair every product. */
const UNINSTALL_SCRIPT = `
$roots = 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall', 'HKLM:\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall'
foreach ($root in $roots) {
  if (-not (Test-Path -LiteralPath $root)) { continue }
  foreach ($key in Get-ChildItem -LiteralPath $root) {
    $name = $key.GetValue('DisplayName')
    $day = $key.GetValue('InstallDate')
    if (-not $name -or -not $day) { continue }
    ConvertTo-Json -Compress -InputObject @{ DisplayName = [string]$name; InstallDate = [string]$day; DisplayVersion = [string]$key.GetValue('DisplayVersion'); Publisher = [string]$key.GetValue('Publisher') }
  }
}
`

/** Changes out of the event logs, then programs by the day in their uninstall keys. */
export async function* windowsChanges(
  ctx: CollectorContext,
  window: ChangeWindow,
): AsyncGenerator<ChangeRow, void, undefined> {
  const failures: SourceError[] = []
  for (const channel of new Set(CHANGE_EVENTS.map((event) => event.channel))) {
    yield* tolerating(eventChanges(ctx, window, channel), failures)
  }
  yield* tolerating(uninstallKeys(ctx), failures)
  for (const failure of failures) passOn(ctx, failure)
}

async function* tolerating(
  rows: AsyncGenerator<ChangeRow, void, undefined>,
  failures: SourceError[],
): AsyncGenerator<ChangeRow, void, undefined> {
  try {
    yield* rows
  } catch (error) {
    if (!(error instanceof SourceError)) throw error
    failures.push(error)
  }
}

async function* eventChanges(
  ctx: CollectorContext,
  window: ChangeWindow,
  channel: string,
): AsyncGenerator<ChangeRow, void, undefined> {
  const tally = newTally()
  const args = [
    'qe',
    channel,
    `/q:${changeXpath(channel, window)}`,
    '/f:xml',
    '/rd:true',
    '/uni:true',
    `/c:${MAX_EVENTS}`,
  ]
  for await (const event of eventXmlRows(ctx.commands.lines(WEVTUTIL, args, { encoding: 'utf-16le' }), tally)) {
    const row = changeOfEvent(event)
    if (row !== null) yield row
  }
  if (tally.rows === MAX_EVENTS) ctx.partial(new SourceError('failed', channel, `${channel} held more than was read.`))
  passUnparsed(ctx, channel, tally.unparsed)
}

/** XPath of the events that tell of changes in one channel. Only constants and instants stand in it. */
export function changeXpath(channel: string, window: ChangeWindow): string {
  const events = CHANGE_EVENTS.filter((event) => event.channel === channel)
  const conditions = [...new Set(events.map((event) => event.provider))].map((provider) => {
    const ids = events.filter((event) => event.provider === provider).map(({ id }) => `EventID=${id}`)
    return `(Provider[@Name='${provider}'] and (${ids.join(' or ')}))`
  })
  const from = new Date(window.fromMs).toISOString()
  return `*[System[(${conditions.join(' or ')}) and TimeCreated[@SystemTime>='${from}']]]`
}

async function* uninstallKeys(ctx: CollectorContext): AsyncGenerator<ChangeRow, void, undefined> {
  for await (const key of ctx.commands.powershell(UNINSTALL_SCRIPT, {})) {
    const row = uninstallKeyChange(key, 'local')
    if (row !== null) yield row
  }
}
