import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { isoNow, systemClock } from '../clock.ts'
import type { ServerConfig } from '../config.ts'
import { keysDirectory, storeOptions } from '../places.ts'
import type { BackupFile } from '../store/backup.ts'
import { backupSqlite } from '../store/backup.ts'
import { restoreSqlite } from '../store/restore.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { CLI_ACTOR, withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'
import { readSecret } from './read-secret.ts'

interface KeyOptions {
  readonly passphraseFile?: string
  readonly json?: boolean
}
type Sources = CliSources & { readonly stdin: NodeJS.ReadStream }

/** `backup --out FILE`: one file with the store and the keys; the server may be running. */
export function addBackupCommand(program: Command, sources: Sources, output: Output): void {
  const command = addConfigOptions(
    program.command('backup').description('write store and keys into one file; the server may run'),
  )
  command
    .requiredOption('--out <file>', 'the file to write; it must not be there yet')
    .option('--passphrase-file <file>', 'file whose first line seals the keys; otherwise it is asked')
    .option('--without-keys', 'leave the keys out: agents of a restored server would have to enrol again', false)
  command.action(async () => {
    const config = await requireConfig(command, sources)
    const { out, withoutKeys, ...options } = command.opts<KeyOptions & { out: string; withoutKeys: boolean }>()
    const passphrase = withoutKeys ? null : await askPassphrase(options, sources, output)
    const files = withoutKeys ? [] : await keyFiles(config)
    const manifest = await backupSqlite({
      file: sqliteFile(config),
      out,
      files,
      passphrase,
      withoutKeys,
      now: isoNow(systemClock),
    })
    await withStore(config, (store) =>
      store.audit.append({
        at: isoNow(systemClock),
        actor: CLI_ACTOR,
        action: 'backup.made',
        subject: 'store',
        detail: { parts: manifest.parts.map(({ name, sha256 }) => ({ name, sha256 })), withoutKeys },
      }),
    )
    const text = `Wrote ${out} with ${manifest.parts.map(({ name }) => name).join(', ')}.`
    printResult(output, options.json === true, { text, value: { out, manifest } })
  })
}

/** `restore FILE`: puts a backup in the place of a stopped server that has no data. */
export function addRestoreCommand(program: Command, sources: Sources, output: Output): void {
  const command = addConfigOptions(
    program.command('restore <file>').description('put a backup into an empty data directory'),
  )
  command
    .option('--check', 'only look whether the backup is whole and consistent', false)
    .option('--passphrase-file <file>', 'file whose first line opens the keys; otherwise it is asked')
    .option('--without-keys', 'leave the keys out', false)
  command.action(async (from: string) => {
    const config = await requireConfig(command, sources)
    const { check, withoutKeys, ...options } = command.opts<KeyOptions & { check: boolean; withoutKeys: boolean }>()
    const passphrase = withoutKeys || check ? null : await askPassphrase(options, sources, output)
    const report = await restoreSqlite({
      from,
      file: sqliteFile(config),
      directory: keysDirectory(config),
      passphrase,
      checkOnly: check,
      now: isoNow(systemClock),
    })
    if (!check) await noteRestored(config, report)
    const left =
      report.leftOut.length === 0 ? '' : ` Left out for want of the passphrase: ${report.leftOut.join(', ')}.`
    const text = check ? `${from} is whole and consistent.` : `Restored ${from} into ${config.dataDir}.${left}`
    printResult(output, options.json === true, { text, value: report })
  })
}

async function noteRestored(config: ServerConfig, { leftOut }: { readonly leftOut: readonly string[] }): Promise<void> {
  const at = isoNow(systemClock)
  await withStore(config, (store) =>
    store.audit.append({ at, actor: CLI_ACTOR, action: 'backup.restored', subject: 'store', detail: { leftOut } }),
  )
}

function sqliteFile(config: ServerConfig): string {
  const store = storeOptions(config)
  if (store.kind === 'sqlite') return store.file
  throw new CommandFailed(
    'These commands are for the embedded store. Use pg_dump and pg_restore for PostgreSQL.',
    EXIT.wrongUsage,
  )
}

/** Keys and certificates of the data directory; all of them are sealed. */
async function keyFiles(config: ServerConfig): Promise<readonly BackupFile[]> {
  const directory = keysDirectory(config)
  const names = await readdir(directory)
  return names
    .filter((name) => /\.(key|pem)$/.test(name))
    .map((name) => ({ name, path: join(directory, name), secret: true }))
}

async function askPassphrase(options: KeyOptions, sources: Sources, output: Output): Promise<string> {
  return readSecret('Passphrase of the backup: ', {
    file: options.passphraseFile ?? null,
    stdin: sources.stdin,
    ask: output.err,
  })
}
