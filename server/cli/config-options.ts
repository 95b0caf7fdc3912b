import type { Command } from 'commander'
import { Option } from 'commander'
import type { ConfigKey, LoadedConfig, ServerConfig } from '../config.ts'
import { CONFIG_KEYS, loadConfig, ServerConfig as ServerConfigSchema, variableName } from '../config.ts'
import { CommandFailed, EXIT } from './output.ts'

export interface CliSources {
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** `dataDir` is the flag `--data-dir`. */
function flagName(key: ConfigKey): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

const CONFIG_GROUP = 'Configuration (a flag counts before a variable, a variable before the file):'

/**
 * Adds `--config`, `--json` and a flag for every key of the configuration, so that one set of flags fits all commands.
 *
 * @param shown the keys that matter to this command; the help leaves the others out
 */
export function addConfigOptions(command: Command, shown: readonly ConfigKey[] = ['dataDir', 'store']): Command {
  command.option('--json', 'print one JSON object')
  command.addOption(new Option('--config <file>', 'JSON file with the configuration').helpGroup(CONFIG_GROUP))
  for (const key of CONFIG_KEYS) {
    const schema: object = ServerConfigSchema.properties[key]
    const description = 'description' in schema ? String(schema.description) : key
    const option = new Option(`${flagName(key)} <value>`, `${description} [${variableName(key)}]`)
    command.addOption(option.helpGroup(CONFIG_GROUP).hideHelp(!shown.includes(key)))
  }
  return command
}

/** Reads the configuration for a command with the options above, with what is wrong where something is. */
export async function readConfig(command: Command, sources: CliSources): Promise<LoadedConfig> {
  const options: Readonly<Record<string, unknown>> = command.opts()
  const flags: Partial<Record<ConfigKey, string>> = {}
  for (const key of CONFIG_KEYS) {
    const value = options[key]
    if (typeof value === 'string') flags[key] = value
  }
  const file =
    typeof options.config === 'string' ? options.config : (sources.environment.ASKFIRST_SERVER_CONFIG ?? null)
  return loadConfig({ flags, environment: sources.environment, file })
}

/** @throws CommandFailed with all that is wrong with the configuration */
export async function requireConfig(command: Command, sources: CliSources): Promise<ServerConfig> {
  const loaded = await readConfig(command, sources)
  if ('problems' in loaded) {
    throw new CommandFailed(
      `The configuration is not usable:\n${loaded.problems.map((line) => `  ${line}`).join('\n')}`,
      EXIT.wrongUsage,
    )
  }
  return loaded.config
}
