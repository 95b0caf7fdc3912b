import { Command, InvalidArgumentError } from 'commander'
import { AGENT_VERSION } from '../version.ts'
import type { CliContext, CommonFlags } from './cli-context.ts'
import { createCliContext } from './cli-context.ts'
import type { CollectFlags } from './commands/collect.ts'
import type { EnrolFlags } from './commands/enrol.ts'
import type { HistoryFlags } from './commands/history.ts'
import { showHistory } from './commands/history.ts'
import type { ApproveFlags } from './commands/requests.ts'
import { approve, deny, listRequests, report, revoke } from './commands/requests.ts'
import type { ReviewFlags } from './commands/review.ts'
import { review } from './commands/review.ts'
import { showStatus } from './commands/status.ts'
import type { UiFlags } from './commands/ui.ts'
import { EXIT, EXIT_CODES_HELP } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'

type Action = (context: CliContext) => Promise<number>

/** What a parsed command line asks for: set by the command that was named, run by the caller. */
export interface Invocation {
  run: (() => Promise<number>) | null
}

/**
 * Declares all commands. Parsing only fills the invocation; nothing runs before the whole line was understood. Commands
 * that need the collectors or the link load them when they run, so that answering a request stays quick.
 */
export function createProgram(terminal: Terminal): { readonly program: Command; readonly invocation: Invocation } {
  const invocation: Invocation = { run: null }
  const program = new Command('askfirst-agent')
    .description('Lets help-desk staff read named diagnostics from this computer, and only after you said yes.')
    .helpCommand(true)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.note(text.trimEnd()),
    })
    .addHelpText('after', EXIT_CODES_HELP)
  const declare = (declaration: string, description: string) =>
    program
      .command(declaration)
      .description(description)
      .option('--json', 'print JSON')
      .option('--data <dir>', "directory of the agent's state")
      .option('--config <file>', 'configuration file')
      .addHelpText('after', EXIT_CODES_HELP)
  const onAction = (flags: CommonFlags, action: Action) => {
    invocation.run = () => action(createCliContext(terminal, flags))
  }
  declareService(declare, onAction)
  declareConsent(declare, onAction)
  declareRecords(declare, onAction)
  return { program, invocation }
}

type Declare = (declaration: string, description: string) => Command
type OnAction = (flags: CommonFlags, action: Action) => void

function declareService(declare: Declare, onAction: OnAction): void {
  declare('enrol <code>', 'enrol this computer with the code from your help desk')
    .option('--replace', 'move a computer that is enrolled already (its administrator only)')
    .option('--name <name>', 'name under which the help desk sees this computer')
    .action((code: string, flags: CommonFlags & EnrolFlags) =>
      onAction(flags, async (context) => (await import('./commands/enrol.ts')).enrolHere(context, code, flags)),
    )
  declare('run', 'run the agent until it is stopped').action((flags: CommonFlags) =>
    onAction(flags, async (context) => (await import('./commands/run.ts')).runAgent(context)),
  )
  declare('status', 'say whether the agent runs, to whom it is connected, what waits').action((flags: CommonFlags) =>
    onAction(flags, showStatus),
  )
  declare('version', 'print the version').action((flags: CommonFlags) =>
    onAction(flags, async (context) => {
      context.print({ version: AGENT_VERSION, node: process.versions.node }, () => [AGENT_VERSION])
      return EXIT.ok
    }),
  )
}

function declareConsent(declare: Declare, onAction: OnAction): void {
  declare('ui', 'show requests, what is being read, and your data as pages in your browser')
    .option('--no-open', 'print links that open the pages, each once, and start no browser')
    .option('--background', 'show nothing until somebody asks (started with the desktop)')
    .option('--language <code>', 'language of the pages: en or de')
    .option('--print-autostart <system>', 'print what starts this with the desktop: linux, darwin or win32')
    .option('--install-autostart', 'start this with your desktop from now on')
    .action((flags: CommonFlags & UiFlags) =>
      onAction(flags, async (context) => (await import('./commands/ui.ts')).showUi(context, flags)),
    )
  declare('requests', 'list requests that wait for your answer, and what is allowed now').action((flags: CommonFlags) =>
    onAction(flags, listRequests),
  )
  declare('approve <id>', 'show a request and allow it; ID may be shortened, or "latest"')
    .option('--only <collectors>', 'allow only these collectors, separated by commas', list)
    .option('--minutes <number>', 'allow it for a shorter time', wholeNumber)
    .option('--review', 'look at everything before it is sent')
    .option('--yes', 'do not ask again')
    .action((id: string, flags: CommonFlags & ApproveFlags) =>
      onAction(flags, (context) => approve(context, id, flags)),
    )
  declare('deny <id>', 'say no to a request')
    .option('--reason <text>', 'tell the technician why')
    .action((id: string, flags: CommonFlags & { reason?: string }) =>
      onAction(flags, (context) => deny(context, id, flags.reason)),
    )
  declare('report <id>', 'say no and report a request as suspicious; its technician is blocked until a lead lifts it')
    .option('--reason <text>', 'say what was wrong')
    .action((id: string, flags: CommonFlags & { reason?: string }) =>
      onAction(flags, (context) => report(context, id, flags.reason)),
    )
  declare('revoke <id>', 'take a permission back at once; ID is a request, a permission, "latest" or "all"')
    .option('--reason <text>', 'tell the technician why')
    .action((id: string, flags: CommonFlags & { reason?: string }) =>
      onAction(flags, (context) => revoke(context, id, flags.reason)),
    )
  declare('review [id]', 'look at rows before they are sent; without ID list what waits')
    .option('--drop <rows>', 'leave out rows, e.g. 3,7-9')
    .option(
      '--drop-matching <pattern>',
      'leave out rows that contain a text, or match /expression/; may be repeated',
      (text: string, before: string[] | undefined) => [...(before ?? []), text],
    )
    .option('--send', 'send the rest')
    .option('--discard', 'delete all rows, send nothing')
    .action((id: string | undefined, flags: CommonFlags & ReviewFlags) =>
      onAction(flags, (context) => review(context, id, flags)),
    )
}

function declareRecords(declare: Declare, onAction: OnAction): void {
  declare('history', "show this computer's own record of requests, answers and runs")
    .option('--export <file>', 'write record, signed receipts and checkpoints to a file')
    .option('--verify', 'check that nothing in the record was changed')
    .action((flags: CommonFlags & HistoryFlags) => onAction(flags, (context) => showHistory(context, flags)))
  declare('catalogue', 'list everything that this agent can read, and what it does not').action((flags: CommonFlags) =>
    onAction(flags, async (context) => (await import('./commands/catalogue.ts')).showCatalogue(context)),
  )
  declare('collect <collector>', 'run one collector here and print its rows; nothing is sent')
    .option('--params <json>', 'parameters as a JSON object')
    .option('--pseudonymise', 'replace personal identifiers')
    .action((id: string, flags: CommonFlags & CollectFlags) =>
      onAction(flags, async (context) => (await import('./commands/collect.ts')).collect(context, id, flags)),
    )
}

function list(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('It must be a whole number from 1 up.')
  return Number(text)
}
