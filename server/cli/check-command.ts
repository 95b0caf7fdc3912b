import { existsSync } from 'node:fs'
import type { Command } from 'commander'
import type { ServerConfig } from '../config.ts'
import { storeOptions } from '../places.ts'
import type { IntegrityReport } from '../store/integrity.ts'
import { checkIntegrity } from '../store/integrity.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT } from './output.ts'

/** `check`: walks the audit log, every findings log and every chunk of rows; the server may be running. */
export function addCheckCommand(program: Command, sources: CliSources, output: Output): void {
  const check = addConfigOptions(
    program
      .command('check')
      .description('check the chains of the audit log and of every findings log, and every piece of rows'),
  )
  check.action(async () => {
    const config = await requireConfig(check, sources)
    requireStore(config)
    const report = await withStore(config, checkIntegrity)
    const ok = report.problems.length === 0
    if (check.opts<{ json?: boolean }>().json === true) output.out(`${JSON.stringify({ ok, ...report })}\n`)
    else output.out(`${describe(report)}\n`)
    if (!ok) throw new CommandFailed('The store does not check. Keep it as it is, and compare it with a backup.')
  })
}

/** A mistyped directory must not become an empty store that is all well. */
function requireStore(config: ServerConfig): void {
  const store = storeOptions(config)
  if (store.kind === 'sqlite' && !existsSync(store.file)) {
    throw new CommandFailed(
      `There is no store at ${store.file}. Give the server's own directory with --data-dir.`,
      EXIT.wrongUsage,
    )
  }
}

function describe({ tickets, logEntries, auditEntries, runs, chunks, files, problems }: IntegrityReport): string {
  const seen = `Checked ${auditEntries} entries of the audit log, ${logEntries} entries of ${tickets} findings logs, ${chunks} pieces of ${runs} runs, and ${files} files.`
  return [seen, ...(problems.length === 0 ? ['All are as they were written.'] : problems)].join('\n')
}
