import type {
  CollectorContext,
  CommandOptions,
  DirectoryEntry,
  FileFacts,
  VolumeFigures,
} from '../../agent/runtime/collector-context.ts'
import { SourceError } from '../../agent/runtime/collector-context.ts'

/** What a program or PowerShell script says in a test: text, objects, or how it fails. */
export type FakeAnswer = string | SourceError
export type FakePowershell = (
  script: string,
  params: Readonly<Record<string, unknown>>,
) => readonly unknown[] | SourceError

/** A machine that a test describes; what it does not describe is not there. */
export interface FakeMachine {
  readonly platform: CollectorContext['platform']
  readonly now?: Date
  /** Text by path, or how reading it fails. Folders follow from the paths. */
  readonly files?: Readonly<Record<string, FakeAnswer>>
  readonly fileFacts?: Readonly<Record<string, FileFacts>>
  /** Target by path of a symbolic link. */
  readonly links?: Readonly<Record<string, string>>
  readonly volumes?: Readonly<Record<string, VolumeFigures | null>>
  /** Output by command line, e.g. `/bin/ps -axww`; the first listed executable that has an entry is taken. */
  readonly commands?: Readonly<Record<string, FakeAnswer>>
  readonly powershell?: FakePowershell
  readonly users?: Readonly<Record<number, string>>
  /** Called in place of waiting, e.g. to change `files` between two samples. */
  readonly onSleep?: (ms: number) => void
}

export interface FakeContext extends CollectorContext {
  /** Errors that the collector passed on as partial results. */
  readonly partials: SourceError[]
  /** Command lines that ran, and `powershell` for scripts. */
  readonly ran: string[]
  abort(): void
}

/** A collector's context over a machine that a test describes. */
export function fakeContext(machine: FakeMachine): FakeContext {
  const controller = new AbortController()
  const partials: SourceError[] = []
  const ran: string[] = []
  return {
    platform: machine.platform,
    signal: controller.signal,
    now: () => machine.now ?? new Date('2026-11-22T03:00:00.000Z'),
    sleep: async (ms) => machine.onSleep?.(ms),
    files: fakeFiles(machine),
    commands: fakeCommands(machine, ran),
    partial: (error) => void partials.push(error),
    noteSource: (record) => void ran.push(record.source),
    userName: async (uid) => machine.users?.[uid] ?? null,
    partials,
    ran,
    abort: () => controller.abort(),
  }
}

/** All rows that a collector yields. */
export async function allRows<Row>(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = []
  for await (const row of rows) all.push(row)
  return all
}

function fakeFiles(machine: FakeMachine): CollectorContext['files'] {
  const files = machine.files ?? {}
  const read = (path: string): string => {
    const answer = files[path]
    if (answer === undefined) throw new SourceError('missing', path, `${path} is not there`)
    if (answer instanceof SourceError) throw answer
    return answer
  }
  return {
    readText: async (path, options) => read(path).slice(0, options?.maxBytes),
    tryText: async (path) => {
      const answer = files[path]
      return typeof answer === 'string' ? answer : null
    },
    async *lines(path, options) {
      const text = read(path)
      yield* linesOf(options?.fromEnd === undefined ? text : text.slice(-options.fromEnd))
    },
    list: async (path) => listOf(machine, path),
    tryTexts: (paths) => paths.map((path) => (typeof files[path] === 'string' ? files[path] : null)),
    tryList: (path) => listOrNone(machine, path),
    tryNames: (path) => listOrNone(machine, path).map(({ name }) => name),
    link: async (path) => machine.links?.[path] ?? null,
    facts: async (path) => machine.fileFacts?.[path] ?? null,
    volume: async (path) => machine.volumes?.[path] ?? null,
  }
}

function listOf(machine: FakeMachine, path: string): readonly DirectoryEntry[] {
  const prefix = path.endsWith('/') ? path : `${path}/`
  const found = new Map<string, DirectoryEntry>()
  const add = (full: string, kind: 'file' | 'link'): void => {
    if (!full.startsWith(prefix)) return
    const [name = '', ...rest] = full.slice(prefix.length).split('/')
    if (found.get(name)?.kind !== 'link') found.set(name, { name, kind: rest.length > 0 ? 'directory' : kind })
  }
  for (const link of Object.keys(machine.links ?? {})) add(link, 'link')
  for (const file of Object.keys(machine.files ?? {})) add(file, 'file')
  if (found.size === 0) throw new SourceError('missing', path, `${path} is not there`)
  return [...found.values()]
}

function listOrNone(machine: FakeMachine, path: string): readonly DirectoryEntry[] {
  const prefix = path.endsWith('/') ? path : `${path}/`
  const isThere = Object.keys({ ...machine.files, ...machine.links }).some((full) => full.startsWith(prefix))
  return isThere ? listOf(machine, path).toSorted((a, b) => (a.name < b.name ? -1 : 1)) : []
}

function fakeCommands(machine: FakeMachine, ran: string[]): CollectorContext['commands'] {
  const answer = (executables: readonly string[], args: readonly string[]): string => {
    for (const executable of executables) {
      const commandLine = [executable, ...args].join(' ')
      const output = machine.commands?.[commandLine]
      if (output === undefined) continue
      ran.push(commandLine)
      if (output instanceof SourceError) throw output
      return output
    }
    throw new SourceError('missing', executables.join(', '), `none of ${executables.join(', ')} is there`)
  }
  return {
    async *lines(executables, args) {
      yield* linesOf(answer(executables, args))
    },
    async *bytes(executables, args) {
      const text = answer(executables, args)
      // In pieces that cut fields and letters, as a pipe does.
      for (let at = 0; at < text.length; at += 7) yield Buffer.from(text.slice(at, at + 7))
    },
    text: async (executables, args, options?: CommandOptions) => answer(executables, args).slice(0, options?.maxBytes),
    async *powershell(script, params) {
      ran.push('powershell')
      const objects =
        machine.powershell?.(script, params) ?? new SourceError('missing', 'powershell', 'PowerShell is not there')
      if (objects instanceof SourceError) throw objects
      yield* objects
    },
  }
}

function* linesOf(text: string): Generator<string> {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  yield* lines
}
