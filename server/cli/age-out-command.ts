import type { Command } from 'commander'
import { systemClock } from '../clock.ts'
import type { AgeingReport } from '../retention/retention-service.ts'
import { createRetentionService } from '../retention/retention-service.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, requireConfig } from './config-options.ts'
import { withStore } from './open-for-command.ts'
import type { Output } from './output.ts'
import { printResult } from './output.ts'

/** `age-out`: deletes now what the server deletes once a day; the server may be running. */
export function addAgeOutCommand(program: Command, sources: CliSources, output: Output): void {
  const command = addConfigOptions(
    program
      .command('age-out')
      .description('delete rows and files of tickets that were closed long enough, if the settings have it so'),
  )
  command.action(async () => {
    const config = await requireConfig(command, sources)
    const report = await withStore(config, (store) =>
      // Nobody listens here; pages of a running server read anew when they are opened next.
      createRetentionService({ store, clock: systemClock, bus: { publish: () => undefined } }).ageOut(),
    )
    printResult(output, command.opts<{ json?: boolean }>().json === true, { text: describe(report), value: report })
  })
}

function describe({ tickets, chunks, rows, files, bytes }: AgeingReport): string {
  if (tickets === 0) return 'Nothing was deleted.'
  return `Deleted ${rows} rows in ${chunks} pieces and ${files} files of ${tickets} tickets, ${bytes} bytes.`
}
