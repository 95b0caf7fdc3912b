import type { AgentConfig, ConfigFlags } from '../config.ts'
import { loadConfig } from '../config.ts'
import type { LocalCaller } from '../local/local-caller.ts'
import { connectLocal } from '../local/local-caller.ts'
import type { Terminal } from './terminal.ts'

/** Flags that every command knows. */
export interface CommonFlags extends ConfigFlags {
  readonly json?: boolean | undefined
}

/** What a command works with. */
export interface CliContext {
  readonly terminal: Terminal
  readonly json: boolean
  readonly config: AgentConfig
  /** Connects to the running agent for as long as `use` takes. */
  withAgent<Result>(use: (agent: LocalCaller) => Promise<Result>): Promise<Result>
  /** Prints one JSON value with `--json`, else the lines for people. */
  print(value: unknown, lines: () => readonly string[]): void
}

export function createCliContext(terminal: Terminal, flags: CommonFlags): CliContext {
  const config = loadConfig(flags)
  return {
    terminal,
    json: flags.json === true,
    config,
    async withAgent(use) {
      const agent = await connectLocal(config.runDir)
      try {
        return await use(agent)
      } finally {
        agent.close()
      }
    },
    print(value, lines) {
      for (const line of flags.json === true ? [JSON.stringify(value)] : lines()) terminal.out(line)
    },
  }
}
