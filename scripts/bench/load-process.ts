import { Agent, request } from 'node:https'
import type { EnrolmentAnswer } from '@askfirst/protocol/enrolment.ts'
import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { WebSocket } from 'ws'
import { enrolmentBody } from '../../tests/support/scripted-agent.ts'
import type { BenchDevice } from './bench-agent.ts'
import { BenchAgent, benchDevice, openSocket } from './bench-agent.ts'
import { serveCalls } from './child.ts'
import { denseBody, eventBody } from './event-rows.ts'
import { monotonicMs, spread } from './measure.ts'

/** The agents' side of the bench: many devices in one process. */
const devices: BenchDevice[] = []
const agents: BenchAgent[] = []
const bare: WebSocket[] = []

interface Target {
  readonly port: number
  readonly authorityPem: string
}

/** Does `count` things, so many at once. */
async function inParallel(count: number, width: number, act: (at: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) {
      const at = next
      next += 1
      await act(at)
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, count) }, worker))
}

/** `POST /enrol` over kept connections. */
function postEnrol(target: Target, agent: Agent, body: string): Promise<EnrolmentAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<EnrolmentAnswer>()
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
  const call = request(
    {
      ...{ host: '127.0.0.1', port: target.port, ca: target.authorityPem, agent },
      method: 'POST',
      path: '/enrol',
      headers,
    },
    (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => {
        if (response.statusCode === 201)
          resolve(JSON.parse(text) as EnrolmentAnswer) // The real server's own answer.
        else reject(new Error(`enrolment answered ${response.statusCode}: ${text}`))
      })
    },
  )
  call.on('error', reject)
  call.end(body)
  return promise
}

function deviceAt(at: number): BenchDevice {
  const device = devices[at % devices.length]
  if (device === undefined) throw new Error('no device is enrolled')
  return device
}

const closed = (socket: WebSocket) => new Promise<void>((resolve) => socket.once('close', () => resolve()))

const calls = {
  /** Enrols machines that do not exist, each with a key of its own. */
  async enrol(target: Target, token: string, count: number): Promise<readonly DeviceId[]> {
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const made: DeviceId[] = []
    await inParallel(count, 8, async () => {
      const { key, machineIdHash, body } = enrolmentBody(token)
      const answer = await postEnrol(target, agent, JSON.stringify(body))
      devices.push(benchDevice({ ...target, key, machineIdHash, answer }))
      made.push(answer.deviceId)
    })
    agent.destroy()
    return made
  },
  /** Connects up to `count` agents that then hold their sessions. */
  async hold(port: number, count: number): Promise<void> {
    const from = agents.length
    await inParallel(count - from, 32, async (at) => {
      agents.push(await BenchAgent.connect(deviceAt(from + at), port))
    })
  },
  deviceIds: () => devices.map(({ identity }) => identity.answer.deviceId),
  /** Connects bare sockets with the same certificates. */
  async holdBare(port: number, count: number): Promise<void> {
    const from = bare.length
    await inParallel(count - from, 32, async (at) => {
      bare.push((await openSocket(deviceAt(from + at), port)).socket)
    })
  },
  async release(): Promise<void> {
    const sockets = [...agents.splice(0).map(({ socket }) => socket), ...bare.splice(0)]
    const gone = sockets.map(closed)
    for (const socket of sockets) socket.terminate()
    await Promise.all(gone)
  },
  /** Connects and leaves again, `count` times. With a hello and its welcome, or bare. */
  async connects(options: {
    readonly port: number
    readonly count: number
    readonly isBare: boolean
    readonly isResuming: boolean
    readonly width: number
  }) {
    const { port, isBare, isResuming } = options
    const times: number[] = []
    let resumed = 0
    const startedAt = monotonicMs()
    await inParallel(options.count, options.width, async (at) => {
      const from = monotonicMs()
      const opened = await openSocket(deviceAt(at), port, isResuming)
      if (!isBare) await new BenchAgent(deviceAt(at), opened).welcomed
      times.push(monotonicMs() - from)
      if (opened.isResumed()) resumed += 1
      const gone = closed(opened.socket)
      opened.socket.close(1000)
      await gone
    })
    return { wallMs: monotonicMs() - startedAt, resumed, ...spread(times) }
  },
  /** All held agents send their newest run at once; resolves when everything is acknowledged. */
  async stream(options: { readonly chunks: number; readonly rowsPerChunk: number; readonly isDense?: boolean }) {
    const bodies = Array.from({ length: 8 }, (_, at) =>
      options.isDense === true ? denseBody(at * 1_000) : eventBody(options.rowsPerChunk, at * options.rowsPerChunk),
    )
    const sent = Array.from({ length: options.chunks }, (_, at) => bodies[at % bodies.length])
    const sum = (of: (body: NonNullable<(typeof sent)[number]>) => number) =>
      sent.reduce((all, body) => all + (body === undefined ? 0 : of(body)), 0) * agents.length
    const startedAt = monotonicMs()
    await Promise.all(agents.map((agent) => agent.stream(bodies, options.chunks)))
    return {
      seconds: (monotonicMs() - startedAt) / 1_000,
      rows: sum(({ rows }) => rows),
      rawBytes: sum(({ rawBytes }) => rawBytes),
      sentBytes: sum(({ bytes }) => bytes.length),
    }
  },
}
export type LoadCalls = typeof calls

serveCalls(calls)
