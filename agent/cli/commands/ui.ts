import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { Language } from '@askfirst/protocol/notice/languages.ts'
import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { ownAccount } from '../../local/local-secrets.ts'
import { callerFor } from '../../ui/agent-caller.ts'
import { AgentRecord } from '../../ui/agent-record.ts'
import type { AutostartSystem } from '../../ui/autostart.ts'
import { AUTOSTART_SYSTEMS, autostartFile, installAutostart, startCommand } from '../../ui/autostart.ts'
import type { Reach } from '../../ui/companion.ts'
import { Companion } from '../../ui/companion.ts'
import { autostartFolder, desktopSession } from '../../ui/config.ts'
import { exampleReader } from '../../ui/example-row.ts'
import { askByDialog } from '../../ui/open/dialog.ts'
import { dialogWords } from '../../ui/open/dialog-words.ts'
import { openInBrowser } from '../../ui/open/open-page.ts'
import { programStarter } from '../../ui/open/start-program.ts'
import { PageServer } from '../../ui/page-server.ts'
import { PageSessions } from '../../ui/page-sessions.ts'
import { PictureDesk } from '../../ui/picture/picture-desk.ts'
import { createPages } from '../../ui/routes.ts'
import { languageOf } from '../../ui/texts.ts'
import type { CliContext } from '../cli-context.ts'
import { EXIT } from '../exit-codes.ts'

export interface UiFlags {
  /** False with `--no-open`. */
  readonly open?: boolean | undefined
  readonly background?: boolean | undefined
  readonly language?: string | undefined
  readonly printAutostart?: string | undefined
  readonly installAutostart?: boolean | undefined
  readonly data?: string | undefined
}

/** Shows the person's pages and follows the agent until it is ended. */
export async function showUi(context: CliContext, flags: UiFlags): Promise<number> {
  const session = desktopSession()
  const command = startCommand({ node: process.execPath, program: process.argv[1], data: flags.data })
  if (flags.printAutostart !== undefined) {
    context.terminal.out(autostartFile(systemNamed(flags.printAutostart), command).trimEnd())
    return EXIT.ok
  }
  if (flags.installAutostart === true) {
    const folders = { autostart: autostartFolder(), home: session.home }
    context.terminal.out(`Written: ${installAutostart(session.platform, command, folders)}`)
    return EXIT.ok
  }
  const language = languageNamed(flags.language) ?? languageOf(session.languages)
  await serveUntilStopped(context, flags, language)
  return EXIT.ok
}

async function serveUntilStopped(context: CliContext, flags: UiFlags, language: Language): Promise<void> {
  const { config, terminal } = context
  const stopped = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort())
  const agent = callerFor(config.runDir)
  const sessions = new PageSessions(() => performance.now(), language)
  const { uid } = ownAccount()
  const account = uid >= 0 ? uid : null
  const onProblem = (problem: string, error?: unknown) =>
    terminal.note(error instanceof Error ? `${problem}: ${error.message}` : problem)
  const pictures = new PictureDesk({
    ...{ agent, language, ownAccount: account, onProblem },
    nowMs: () => performance.now(),
    pagesHost: () => server.host,
  })
  const server: PageServer = new PageServer({
    ...{ sessions, ownAccount: account, onProblem },
    pages: createPages({
      ...{ agent, sessions, pictures, record: new AgentRecord(agent), readExample: exampleReader(config) },
      onProblem,
      remindLater: (requestId) => companion.remindLater(requestId),
    }),
  })
  const reach = reachOf(context, flags, { server, language })
  const isBackground = flags.background === true
  const companion = new Companion({
    ...{ runDir: config.runDir, agent, server, reach, language, isBackground },
    signal: stopped.signal,
  })
  if (!isBackground) {
    await server.open()
    if (!(await reach.open('/'))) reach.say('No browser opened. Use --no-open to get a link.')
  }
  await companion.run()
  await pictures.close()
  await server.close()
}

function reachOf(
  { terminal, json }: CliContext,
  flags: UiFlags,
  { server, language }: { readonly server: PageServer; readonly language: Language },
): Reach {
  const session = desktopSession()
  const starter = programStarter(session.environment)
  return {
    async open(path) {
      if (flags.open !== false) return openInBrowser(session, starter, (used) => server.link(path, used))
      const url = server.link(path)
      terminal.out(json ? JSON.stringify({ url, path }) : url)
      return true
    },
    ask: async (shown) =>
      session.hasScreen ? askByDialog(session, starter, dialogWords(shown, language)) : ('none' as const),
    say: (line) => terminal.note(line),
  }
}

function systemNamed(name: string): AutostartSystem {
  const system = AUTOSTART_SYSTEMS.find((known) => known === name)
  if (system !== undefined) return system
  throw new AskFirstError('INVALID_REQUEST', `--print-autostart knows ${AUTOSTART_SYSTEMS.join(', ')}.`)
}

function languageNamed(name: string | undefined): Language | undefined {
  if (name === undefined) return undefined
  const language = LANGUAGES.find((known) => known === name)
  if (language !== undefined) return language
  throw new AskFirstError('INVALID_REQUEST', `There are pages in ${LANGUAGES.join(', ')}.`)
}
