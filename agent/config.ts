import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import type { ProxySettings } from './identity/pinned-server.ts'

const Path = Type.String({ minLength: 1, maxLength: 4_096 })

/** The configuration file and, under the same names, the environment. Unknown fields are errors, not ignored. */
const AgentConfigFile = Type.Object(
  {
    /** Directory of key, certificate, consent, history and spool; mode 0700. */
    dataDir: Type.Optional(Path),
    /** Directory of the local channel's socket and secrets. */
    runDir: Type.Optional(Path),
    /** The administrator's policy file; it can only narrow what is allowed. It does not move with the data directory. */
    policyFile: Type.Optional(Path),
    logLevel: Type.Optional(Type.Enum(['debug', 'info', 'warn', 'error'])),
    /** Proxy for the connection to the server, e.g. `http://proxy:3128`; absent: the environment's usual variables. */
    proxy: Type.Optional(Type.String({ pattern: '^https?://', maxLength: 2_048 })),
    /** Account under which collectors run when the agent itself is root, `uid:gid`. */
    collectorUser: Type.Optional(Type.String({ pattern: '^\\d{1,10}:\\d{1,10}$' })),
  },
  { additionalProperties: false },
)
type AgentConfigFile = Static<typeof AgentConfigFile>

/** The configuration in force, complete. */
export interface AgentConfig {
  readonly dataDir: string
  readonly runDir: string
  readonly policyFile: string
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
  readonly proxy: ProxySettings
  readonly collectorUser?: { readonly uid: number; readonly gid: number }
}

/** Flags of the command line that go before everything else. */
export interface ConfigFlags {
  readonly data?: string | undefined
  readonly config?: string | undefined
}

interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly isRoot: boolean
  readonly home: string
}

const ENVIRONMENT = {
  dataDir: 'ASKFIRST_DATA',
  runDir: 'ASKFIRST_RUN_DIR',
  policyFile: 'ASKFIRST_POLICY_FILE',
  logLevel: 'ASKFIRST_LOG_LEVEL',
  proxy: 'ASKFIRST_PROXY',
  collectorUser: 'ASKFIRST_COLLECTOR_USER',
} as const
const validator = schemaCheck(AgentConfigFile)

/**
 * Puts the configuration together: flags before `ASKFIRST_*` variables before the file before the platform's defaults.
 *
 * @throws AskFirstError INVALID_REQUEST naming the source and the field that is wrong
 */
export function loadConfig(flags: ConfigFlags, around: Surroundings = thisProcess()): AgentConfig {
  const defaults = defaultFolders(around)
  const file = flags.config ?? around.environment['ASKFIRST_CONFIG'] ?? defaults.configFile
  const mustExist = file !== defaults.configFile
  const merged = {
    ...readConfigFile(file, mustExist),
    ...fromEnvironment(around),
    ...(flags.data === undefined ? {} : { dataDir: flags.data }),
  }
  const dataDir = resolve(merged.dataDir ?? defaults.dataDir)
  return {
    dataDir,
    runDir: resolve(merged.runDir ?? (dataDir === defaults.dataDir ? defaults.runDir : join(dataDir, 'run'))),
    policyFile: resolve(merged.policyFile ?? defaults.policyFile),
    logLevel: merged.logLevel ?? 'info',
    proxy: proxyOf(merged.proxy, around),
    ...collectorUserOf(merged.collectorUser),
  }
}

function thisProcess(): Surroundings {
  return { environment: process.env, platform: process.platform, isRoot: process.getuid?.() === 0, home: homedir() }
}

interface Folders {
  readonly dataDir: string
  readonly runDir: string
  readonly policyFile: string
  readonly configFile: string
}

/** Where things are when nobody says otherwise. A service keeps to the system's folders, a person's agent to their own. */
function defaultFolders({ platform, isRoot, environment, home }: Surroundings): Folders {
  if (platform === 'win32') {
    const root = join(environment['ProgramData'] ?? 'C:\\ProgramData', 'AskFirst', 'Agent')
    return {
      dataDir: join(root, 'state'),
      runDir: join(root, 'run'),
      policyFile: join(root, 'policy.json'),
      configFile: join(root, 'agent.json'),
    }
  }
  if (!isRoot) {
    const state = environment['XDG_STATE_HOME'] ?? join(home, '.local', 'state')
    const dataDir =
      platform === 'darwin'
        ? join(home, 'Library', 'Application Support', 'AskFirst Agent')
        : join(state, 'askfirst-agent')
    return {
      dataDir,
      runDir: join(dataDir, 'run'),
      policyFile: '/etc/askfirst-agent/policy.json',
      configFile: join(home, '.config', 'askfirst-agent', 'agent.json'),
    }
  }
  const dataDir = platform === 'darwin' ? '/Library/Application Support/AskFirst Agent' : '/var/lib/askfirst-agent'
  const runDir = platform === 'darwin' ? '/var/run/askfirst-agent' : '/run/askfirst-agent'
  return {
    dataDir,
    runDir,
    policyFile: '/etc/askfirst-agent/policy.json',
    configFile: '/etc/askfirst-agent/agent.json',
  }
}

function readConfigFile(path: string, mustExist: boolean): AgentConfigFile {
  if (!existsSync(path)) {
    if (!mustExist) return {}
    throw new AskFirstError('INVALID_REQUEST', `The configuration file ${path} does not exist.`)
  }
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new AskFirstError('INVALID_REQUEST', `The configuration file ${path} cannot be read as JSON.`, { cause })
  }
  return checked(value, `The configuration file ${path}`)
}

function fromEnvironment({ environment }: Surroundings): AgentConfigFile {
  const given = Object.entries(ENVIRONMENT).flatMap(([field, name]) => {
    const value = environment[name]
    return value === undefined || value === '' ? [] : [[field, value]]
  })
  return checked(Object.fromEntries(given), 'The environment (ASKFIRST_…)')
}

function checked(value: unknown, source: string): AgentConfigFile {
  if (validator.Check(value)) return value
  const first = validator.Errors(value)[0]
  throw new AskFirstError(
    'INVALID_REQUEST',
    `${source} is not valid at "${first?.instancePath || '/'}": ${first?.message ?? 'it does not match the schema'}.`,
  )
}

function collectorUserOf(text: string | undefined): Pick<AgentConfig, 'collectorUser'> {
  const [uid, gid] = (text ?? '').split(':').map(Number)
  return text === undefined || uid === undefined || gid === undefined ? {} : { collectorUser: { uid, gid } }
}

/** The configured proxy, else the environment's usual variables. */
function proxyOf(configured: string | undefined, { environment }: Surroundings): ProxySettings {
  const httpsProxy = configured ?? environment['HTTPS_PROXY'] ?? environment['https_proxy']
  const noProxy = environment['NO_PROXY'] ?? environment['no_proxy']
  return { ...(httpsProxy ? { httpsProxy } : {}), ...(noProxy ? { noProxy } : {}) }
}
