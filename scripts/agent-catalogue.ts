/**
 * Writes two parts of agent/README.md: all that the agent can read, from the collectors' own declarations and the paths
 * that stand in their code, and all that it can send, from the protocol's messages. A guard test compares.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MESSAGES } from '@askfirst/protocol/messages/index.ts'
import { COLLECTORS, catalogueEntries } from '../agent/collectors/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const README = `${root}agent/README.md`

const SYSTEMS = [
  ['Linux', 'linux', 'linux'],
  ['macOS', 'macos', 'darwin'],
  ['Windows', 'windows', 'win32'],
] as const
type Entry = ReturnType<typeof catalogueEntries>[number]

/** The README with both parts brought up to date. */
export function readmeWithCatalogue(readme: string): string {
  return replaced(replaced(readme, 'catalogue', agentCatalogue()), 'messages', agentMessages())
}

function replaced(readme: string, part: string, text: string): string {
  const marks = [`<!-- ${part}: written by scripts/agent-catalogue.ts -->`, `<!-- end of ${part} -->`] as const
  const [begin, end] = [readme.indexOf(marks[0]), readme.indexOf(marks[1])]
  if (begin < 0 || end < begin) throw new Error(`agent/README.md lacks the lines "${marks.join('" and "')}"`)
  return `${readme.slice(0, begin + marks[0].length)}\n\n${text}\n\n${readme.slice(end)}`
}

function agentCatalogue(): string {
  return catalogueEntries(COLLECTORS, 'linux', () => true)
    .map(section)
    .join('\n\n')
}

function agentMessages(): string {
  const sent = MESSAGES.filter(({ from }) => from === 'agent')
  const rows = sent.map(({ type, summary }) => tableRow([`\`${type}\``, summary]))
  return ['| message | what it says |', '| --- | --- |', ...rows].join('\n')
}

function section(entry: Entry): string {
  const { timeoutMs, noProgressMs, maxRows, maxBytes } = entry.limits
  const limits = `${timeoutMs / 1_000} s, ${noProgressMs / 1_000} s without a row, ${number(maxRows)} rows, ${number(maxBytes)} bytes`
  const rows = [
    ['Told to the person', entry.tellUser],
    ['Not read', entry.notRead],
    ['Kinds of data', entry.categories.join(', ')],
    [
      'Reads everything as',
      entry.privilege === 'admin' ? 'an administrator; as a user it reads less and says so' : 'any user',
    ],
    ...SYSTEMS.filter(([, , platform]) => entry.platforms.includes(platform)).map(([name, prefix]) => [
      name,
      sources(entry.id, prefix).join(', '),
    ]),
    ...parameters(entry),
    ['One run ends at', limits],
  ]
  return [`#### ${entry.title}: \`${entry.id}\``, '', '| | |', '| --- | --- |', ...rows.map(tableRow)].join('\n')
}

function tableRow([name = '', text = '']: readonly string[]): string {
  return `| ${name} | ${text.replaceAll('|', '\\|')} |`
}

const GRANT_WORDS: Readonly<Record<string, string>> = {
  atMost: 'an order may ask for less',
  atLeast: 'an order may begin later',
  subset: 'an order may take some of them',
  onlyIf: 'only if it was allowed',
  equal: 'as it was allowed',
}

interface PlainParameter {
  readonly type?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly grant?: string
}

function parameters({ params }: Entry): string[][] {
  // The collector's own schema as plain JSON; its keywords are those of JSON Schema and `grant`.
  const properties = (params.properties ?? {}) as Readonly<Record<string, PlainParameter>>
  return Object.entries(properties).map(([name, { type, minimum, maximum, default: usual, grant }]) => {
    const range = minimum === undefined || maximum === undefined ? [] : [`${number(minimum)} to ${number(maximum)}`]
    const given = usual === undefined ? 'usually absent' : `usually ${value(usual)}`
    const rule = type === 'string' && grant === 'atMost' ? 'an order may end earlier' : GRANT_WORDS[grant ?? 'equal']
    return [`Parameter \`${name}\``, [...range, given, rule].join('; ')]
  })
}

function value(usual: unknown): string {
  if (!Array.isArray(usual)) return typeof usual === 'number' ? number(usual) : String(usual)
  return usual.length === 0 ? 'all' : usual.join(', ')
}

function number(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

const FOLDERS = /^\/(proc|sys|etc|usr|bin|sbin|var|run|lib|Library)(\/|$)/
const NOT_READ = new Set(['/proc', '/sys', '/etc', '/run', '/proc/sys', '/var/log', '/proc/sys/kernel'])

/** Programs, files, CIM classes and registry keys that stand in a collector's code for one system. */
function sources(id: string, system: string): string[] {
  const text = codeOf(id.replaceAll('.', '-'), system)
  const literals = [...text.matchAll(/(['"`])((?:\/|[A-Z]:\\\\)[^'"`\n]*)\1/g)].map(([, , path = '']) => path)
  const paths = literals
    .map((path) =>
      path
        .replaceAll(/\$\{[^}]*\}/g, '*')
        .replaceAll('\\\\', '\\')
        .replace(/\/+$/, ''),
    )
    .filter((path) => (FOLDERS.test(path) || /^[A-Z]:\\/.test(path)) && !NOT_READ.has(path))
  const programs = paths.filter(isProgram)
  const files = paths.filter((path) => !isProgram(path))
  const classes = [...text.matchAll(/\b(?:Win32|MSFT)_[A-Za-z_]+/g)].map(([name]) => name)
  const keys = [...text.matchAll(/HKLM:(?:\\\\[^'\\]+)+/g)].map(([key]) => key.replaceAll('\\\\', '\\'))
  const shell = classes.length + keys.length === 0 ? [] : ['`powershell.exe` with a constant script']
  const packages = text.includes('systemInformationFacts') ? ['package `systeminformation` (screens)'] : []
  return [...byBaseName(programs), ...quoted(files), ...shell, ...quoted(classes), ...quoted(keys), ...packages]
}

function codeOf(folder: string, system: string): string {
  const place = `${root}agent/collectors/${folder}`
  if (!existsSync(place)) return ''
  return readdirSync(place)
    .filter((name) => name.startsWith(system))
    .sort()
    .map((name) => withoutComments(readFileSync(`${place}/${name}`, 'utf8')))
    .join('\n')
}

function withoutComments(code: string): string {
  return code.replaceAll(/^\s*(?:\/\*\*?.*|\*.*|\/\/.*)$/gm, '')
}

function isProgram(path: string): boolean {
  return /^(\/usr)?\/s?bin\//.test(path) || path.endsWith('.exe')
}

/** One program can be in several places; the list names each once. */
function byBaseName(paths: readonly string[]): string[] {
  return quoted(paths.map((path) => path.slice(path.lastIndexOf(path.includes('\\') ? '\\' : '/') + 1)))
}

function quoted(names: readonly string[]): string[] {
  return [...new Set(names)].sort().map((name) => `\`${name}\``)
}

/** The README with the lengths of the files in its reading list as they are now; the guard test allows them to drift a little. */
function withLineCounts(readme: string): string {
  return readme.replaceAll(/^\| \[([^\]]+)\]\(\1\) \| \d+ \|/gm, (_row, name: string) => {
    const lines = readFileSync(`${root}agent/${name}`, 'utf8').split('\n').length - 1
    return `| [${name}](${name}) | ${lines} |`
  })
}

if (import.meta.main) writeFileSync(README, withLineCounts(readmeWithCatalogue(readFileSync(README, 'utf8'))))
