import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { chmod, chown, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port.ts'

/** A private PostgreSQL cluster on the loopback interface; everything in it ends with `stop`. */
export interface PostgresCluster {
  /** Makes an empty database and gives its address. */
  readonly newDatabase: () => Promise<string>
  readonly stop: () => Promise<void>
}

/** `nobody` on Debian and most others: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65_534
const START_TRIES = 100

/** The folder of PostgreSQL's programs; null when this machine has none (an error when CI=true). */
export async function findPostgres(): Promise<string | null> {
  const { ASKFIRST_PG_BIN, PATH = '', CI } = process.env
  const folders = [
    ...(ASKFIRST_PG_BIN === undefined ? [] : [ASKFIRST_PG_BIN]),
    ...PATH.split(':'),
    ...(await debianFolders()),
  ]
  for (const folder of folders) {
    if (folder !== '' && (await isFile(join(folder, 'initdb'))) && (await isFile(join(folder, 'postgres'))))
      return folder
  }
  if (CI === 'true')
    throw new Error(
      'PostgreSQL is needed when CI=true: put initdb and postgres on the PATH or name their folder in ASKFIRST_PG_BIN',
    )
  process.stderr.write(
    'Skipped: the store on PostgreSQL, because initdb and postgres are not on this machine (set ASKFIRST_PG_BIN to their folder)\n',
  )
  return null
}

/** Makes and starts a cluster in a temporary folder. */
export async function startPostgres(bin: string): Promise<PostgresCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'askfirst-pg-'))
  const owner = process.getuid?.() === 0 ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {}
  await chmod(folder, 0o700)
  if (owner.uid !== undefined) await chown(folder, owner.uid, owner.gid)
  const cluster = join(folder, 'cluster')
  const options = { ...owner, cwd: folder, env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' } }
  await run(
    spawn(join(bin, 'initdb'), ['-D', cluster, '-U', 'askfirst', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
      ...options,
      stdio: 'ignore',
    }),
  )
  const port = await freePort()
  const settings = [
    '-c',
    'fsync=off',
    '-c',
    'full_page_writes=off',
    '-c',
    'shared_buffers=32MB',
    '-c',
    'max_connections=60',
  ]
  const arguments_ = ['-D', cluster, '-h', '127.0.0.1', '-p', String(port), '-k', folder, ...settings]
  const server = spawn(join(bin, 'postgres'), arguments_, { ...options, stdio: 'ignore' })
  const url = (database: string): string => `postgres://askfirst@127.0.0.1:${port}/${database}`
  await untilReady(url('postgres'), server)
  let count = 0
  return {
    newDatabase: async () => {
      count += 1
      const name = `test_${count}`
      await query(url('postgres'), `create database ${name}`)
      return url(name)
    },
    stop: async () => {
      await stop(server)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function debianFolders(): Promise<string[]> {
  const root = '/usr/lib/postgresql'
  const versions = await readdir(root).catch(() => [])
  return versions.sort((one, other) => Number(other) - Number(one)).map((version) => join(root, version, 'bin'))
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() === true
}

function run(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`initdb ended with ${code}`))))
  })
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < START_TRIES && server.exitCode === null; tries += 1) {
    const ready = await query(url, 'select 1').then(
      () => true,
      () => false,
    )
    if (ready) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('PostgreSQL did not start')
}

async function query(url: string, text: string): Promise<void> {
  const connection = new pg.Client({ connectionString: url })
  await connection.connect()
  try {
    await connection.query(text)
  } finally {
    await connection.end()
  }
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  // SIGINT is PostgreSQL's fast shutdown: it ends sessions and does not wait for them.
  server.kill('SIGINT')
  await ended
}
