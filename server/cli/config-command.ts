import type { Command } from 'commander'
import { CONFIG_KEYS } from '../config.ts'
import { withoutPassword } from '../secret-mask.ts'
import type { CliSources } from './config-options.ts'
import { addConfigOptions, readConfig } from './config-options.ts'
import type { Output } from './output.ts'
import { CommandFailed, EXIT, printResult } from './output.ts'

/** `config check`: the values that count and where each came from. */
export function addConfigCommand(program: Command, sources: CliSources, output: Output): void {
  const group = program.command('config').description('look at the configuration')
  const check = addConfigOptions(
    group.command('check').description('check it and print each value with its origin'),
    CONFIG_KEYS,
  )
  check.action(async () => {
    const json = check.opts<{ json?: boolean }>().json === true
    const loaded = await readConfig(check, sources)
    if ('problems' in loaded) {
      if (json) output.out(`${JSON.stringify({ ok: false, problems: loaded.problems })}\n`)
      throw new CommandFailed(loaded.problems.join('\n'), EXIT.wrongUsage)
    }
    const { config, origins } = loaded
    const values = CONFIG_KEYS.map((key) => ({ key, value: shown(config[key]), origin: origins[key] }))
    const text = values.map(({ key, value, origin }) => `${key} = ${JSON.stringify(value)} (${origin})`).join('\n')
    printResult(output, json, { text, value: { ok: true, values } })
  })
}

function shown(value: unknown): unknown {
  return typeof value === 'string' ? withoutPassword(value) : value
}
