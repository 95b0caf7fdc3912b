/**
 * `npm start`: the control server with the embedded store, and an agent of this machine enrolled to it.
 * Flags after `--`: `--data DIR` `--port N` (UI and API) `--agent-port N` `--no-agent`.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { RunningProcess } from './lib/processes.ts'
import { agentCommand, ROOT, serverCommand, startAgentProcess, startServerProcess } from './lib/processes.ts'

const options = readOptions()
const dataDir = resolve(options.data)
const serverDir = join(dataDir, 'server')
const agentDir = join(dataDir, 'agent')
const running: RunningProcess[] = []

try {
  await start()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  await stopAll()
  process.exit(1)
}

async function start(): Promise<void> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const server = await startServerProcess(
    ['--data-dir', serverDir, '--port', options.port, '--agent-port', options['agent-port']],
    join(dataDir, 'server.log'),
  )
  running.push(server)
  const { uiUrl, setupLink, agentPort } = server.facts
  process.stdout.write(`AskFirst is at ${uiUrl}\n`)
  if (setupLink !== null) process.stdout.write(`Create the first admin here (the link works once):\n  ${setupLink}\n`)
  if (!options['no-agent']) await startAgent(agentPort)
  process.stdout.write(`Logs and data are in ${dataDir}. Stop with Ctrl+C.\n`)
  watch()
}

async function startAgent(agentPort: number): Promise<void> {
  if (!existsSync(join(agentDir, 'identity.json'))) await enrol(agentPort)
  running.push(startAgentProcess(agentDir, join(dataDir, 'agent.log')))
  const shown = agentDir.startsWith(`${ROOT}`) ? agentDir.slice(ROOT.length) : agentDir
  process.stdout.write(
    `This machine's agent is running. To see and answer requests:\n  npx askfirst-agent ui --data ${shown}\nor on this terminal:\n  npx askfirst-agent requests --data ${shown}\n`,
  )
}

/** The server and the agent are this person's own, so the code approves the device at once. */
async function enrol(agentPort: number): Promise<void> {
  const made = await serverCommand([
    'token',
    'create',
    '--data-dir',
    serverDir,
    '--agent-port',
    String(agentPort),
    '--label',
    'this machine',
    '--hours',
    '1',
    '--approve',
    '--json',
  ])
  const { code } = JSON.parse(made) as { code: string } // Output of `askfirst-server token create --json`.
  await agentCommand(['enrol', code, '--data', agentDir])
}

function watch(): void {
  let stopping = false
  const stop = (code: number) => {
    if (stopping) process.exit(1)
    stopping = true
    void stopAll().then(() => process.exit(code))
  }
  process.on('SIGINT', () => stop(0))
  process.on('SIGTERM', () => stop(0))
  for (const { ended, child } of running) {
    void ended.then((how) => {
      if (stopping) return
      process.stderr.write(
        `${child.spawnargs[1] ?? 'A part'} ended with ${how}; stopping. The logs in ${dataDir} say why.\n`,
      )
      stop(1)
    })
  }
}

async function stopAll(): Promise<void> {
  await Promise.all(running.toReversed().map((part) => part.stop()))
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        data: { type: 'string', default: join(ROOT, '.askfirst') },
        port: { type: 'string', default: '8420' },
        'agent-port': { type: 'string', default: '8421' },
        'no-agent': { type: 'boolean', default: false },
      },
    }).values
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.stderr.write('Usage: npm start -- [--data DIR] [--port N] [--agent-port N] [--no-agent]\n')
    process.exit(2)
  }
}
