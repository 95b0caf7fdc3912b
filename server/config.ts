import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { Value } from 'typebox/value'
import { mailboxOf } from './mail/mailbox.ts'

const Port = Type.Integer({ minimum: 0, maximum: 65_535 })
const Host = Type.String({ minLength: 1, maxLength: 253, pattern: '^[A-Za-z0-9.:_-]+$' })
const Path = Type.String({ minLength: 1, maxLength: 4_096 })

/** Everything that can be configured. Each key is also a flag (`--data-dir`) and a variable (`ASKFIRST_SERVER_DATA_DIR`). */
export const ServerConfig = Type.Object(
  {
    dataDir: Type.String({ ...Path, description: 'Directory for the store, keys and certificates' }),
    store: Type.String({
      pattern: '^(sqlite|postgres(ql)?://.+)$',
      maxLength: 2_048,
      description: '"sqlite" (a file in the data directory) or a postgres:// address',
    }),
    listen: Type.String({ ...Host, description: 'Address on which browsers and scripts are answered' }),
    port: Type.Integer({ ...Port, description: 'Port for browsers and scripts; 0 takes a free one' }),
    agentListen: Type.String({ ...Host, description: 'Address on which agents are answered' }),
    agentPort: Type.Integer({ ...Port, description: 'Port for agents; 0 takes a free one' }),
    agentHosts: Type.Array(Host, {
      minItems: 1,
      maxItems: 32,
      description: 'Names and addresses under which agents reach this server; the first stands in enrolment codes',
    }),
    publicUrl: Type.Union([Type.String({ pattern: '^https?://[^/\\s]+$', maxLength: 300 }), Type.Null()], {
      description: 'Address that browsers show, when it is not the listen address',
    }),
    tlsCert: Type.Union([Path, Type.Null()], { description: 'PEM file with the certificate chain for browsers' }),
    tlsKey: Type.Union([Path, Type.Null()], { description: 'PEM file with the key of that certificate' }),
    behindProxy: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
      maxItems: 16,
      description: 'Addresses or ranges of the reverse proxies that end TLS in front of this server',
    }),
    mailFrom: Type.Union([Type.String({ minLength: 3, maxLength: 300 }), Type.Null()], {
      description: 'Who mails come from, `Help desk <help@example.org>`; without it and smtpHost no mail is sent',
    }),
    smtpHost: Type.Union([Host, Type.Null()], { description: 'Mail server that takes mails' }),
    smtpPort: Type.Integer({ ...Port, description: 'Port of the mail server' }),
    smtpTls: Type.Enum(['starttls', 'tls', 'none'], {
      description: '"starttls", "tls" from the first byte on, or "none" for a mail server on this machine',
    }),
    smtpUser: Type.Union([Type.String({ minLength: 1, maxLength: 256 }), Type.Null()], {
      description: 'Account at the mail server, where it wants one',
    }),
    smtpPasswordFile: Type.Union([Path, Type.Null()], {
      description: 'File whose first line is the password of that account',
    }),
    logLevel: Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      description: 'Least severe log line written',
    }),
  },
  { additionalProperties: false },
)
export type ServerConfig = Static<typeof ServerConfig>

export const DEFAULT_CONFIG: ServerConfig = {
  dataDir: join(homedir(), '.local', 'share', 'askfirst-server'),
  store: 'sqlite',
  listen: '127.0.0.1',
  port: 8420,
  agentListen: '127.0.0.1',
  agentPort: 8421,
  agentHosts: ['127.0.0.1', 'localhost'],
  publicUrl: null,
  tlsCert: null,
  tlsKey: null,
  behindProxy: [],
  mailFrom: null,
  smtpHost: null,
  smtpPort: 587,
  smtpTls: 'starttls',
  smtpUser: null,
  smtpPasswordFile: null,
  logLevel: 'info',
}

export type ConfigKey = keyof ServerConfig
export type Origin = 'flag' | 'environment' | 'file' | 'default'

/** A configuration, or what is wrong with it in sentences for the person who wrote it. */
export type LoadedConfig =
  | { readonly config: ServerConfig; readonly origins: Readonly<Record<ConfigKey, Origin>> }
  | { readonly problems: readonly string[] }

const ENV_PREFIX = 'ASKFIRST_SERVER_'
const shape = Compile(ServerConfig)
/** The keys are those of the schema above. */
export const CONFIG_KEYS = Object.keys(ServerConfig.properties) as readonly ConfigKey[]
const LISTS: ReadonlySet<ConfigKey> = new Set(['agentHosts', 'behindProxy'])

/** The environment of this process; the only place of the server that reads it. */
export const processEnvironment: Readonly<Record<string, string | undefined>> = process.env

/** Name of the variable for a key: `dataDir` is `ASKFIRST_SERVER_DATA_DIR`. */
export function variableName(key: ConfigKey): string {
  return ENV_PREFIX + key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/**
 * Puts the configuration together: flag before environment before file before default.
 *
 * @param sources.flags values as typed, by key; lists separated by commas
 * @param sources.file a JSON file; a missing one is an error only when it was asked for
 */
export async function loadConfig(sources: {
  readonly flags: Readonly<Partial<Record<ConfigKey, string>>>
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly file: string | null
}): Promise<LoadedConfig> {
  const file = await readConfigFile(sources.file)
  if ('problem' in file) return { problems: [file.problem] }
  const merged: Record<string, unknown> = { ...DEFAULT_CONFIG, ...file.values }
  const origins: Record<string, Origin> = {}
  for (const key of CONFIG_KEYS) {
    const [text, origin] = textFor(key, sources)
    origins[key] = origin ?? (key in file.values ? 'file' : 'default')
    if (text !== undefined) merged[key] = fromText(key, text)
  }
  const problems = problemsOf(merged)
  // Every key was set above, and `problemsOf` checked the shape.
  return problems.length > 0
    ? { problems }
    : { config: merged as ServerConfig, origins: origins as Record<ConfigKey, Origin> }
}

function textFor(
  key: ConfigKey,
  sources: Parameters<typeof loadConfig>[0],
): readonly [string | undefined, Origin | undefined] {
  const flag = sources.flags[key]
  if (flag !== undefined) return [flag, 'flag']
  const variable = sources.environment[variableName(key)]
  return variable === undefined ? [undefined, undefined] : [variable, 'environment']
}

function fromText(key: ConfigKey, text: string): unknown {
  if (LISTS.has(key)) return text === '' ? [] : text.split(',').map((part) => part.trim())
  return Value.Convert(ServerConfig.properties[key], text)
}

async function readConfigFile(
  path: string | null,
): Promise<{ readonly values: Readonly<Record<string, unknown>> } | { readonly problem: string }> {
  if (path === null) return { values: {} }
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { values: { ...value } }
    return { problem: `The configuration file ${path} must hold one JSON object.` }
  } catch (error) {
    return {
      problem: `The configuration file ${path} cannot be read: ${error instanceof Error ? error.message : 'unknown'}.`,
    }
  }
}

function problemsOf(merged: Readonly<Record<string, unknown>>): readonly string[] {
  if (!shape.Check(merged)) {
    return shape
      .Errors(merged)
      .map(({ instancePath, message }) => `${instancePath.slice(1) || 'configuration'}: ${message}`)
  }
  const problems: string[] = []
  if ((merged.tlsCert === null) !== (merged.tlsKey === null))
    problems.push('tlsCert and tlsKey belong together: give both or none.')
  if (!isLoopback(merged.listen) && merged.tlsCert === null && merged.behindProxy.length === 0) {
    problems.push(
      `listen: passwords would cross the network unprotected on ${merged.listen}. Give tlsCert and tlsKey, or name the reverse proxy with behindProxy.`,
    )
  }
  if ((merged.behindProxy.length > 0 || !isLoopback(merged.listen)) && merged.publicUrl === null) {
    problems.push(
      'publicUrl: the server must be told the address that browsers show, to tell its own pages from others.',
    )
  }
  return [...problems, ...mailProblems(merged)]
}

function mailProblems({ mailFrom, smtpHost, smtpTls, smtpUser, smtpPasswordFile }: ServerConfig): readonly string[] {
  const problems: string[] = []
  if ((mailFrom === null) !== (smtpHost === null))
    problems.push('mailFrom and smtpHost belong together: give both or none.')
  if (mailFrom !== null && mailboxOf(mailFrom) === null)
    problems.push('mailFrom: it must be an address, or a name and an address in angle brackets.')
  if ((smtpUser === null) !== (smtpPasswordFile === null))
    problems.push('smtpUser and smtpPasswordFile belong together: give both or none.')
  if (smtpHost !== null && smtpTls === 'none' && !isLoopback(smtpHost))
    problems.push(`smtpTls: mails would cross the network unprotected on their way to ${smtpHost}.`)
  return problems
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}
