import type { CommandArgs, CommandName, CommandResult } from '../local/commands.ts'
import { connectLocal } from '../local/local-caller.ts'

/** Asks the running agent; tests put another in its place. */
export interface AgentCaller {
  call<Name extends CommandName>(name: Name, args: CommandArgs<Name>): Promise<CommandResult<Name>>
}

/** A caller that connects for each command, so that an agent that was started again meanwhile is found. */
export function callerFor(runDir: string): AgentCaller {
  return {
    async call(name, args) {
      const agent = await connectLocal(runDir)
      try {
        return await agent.call(name, args)
      } finally {
        agent.close()
      }
    },
  }
}
