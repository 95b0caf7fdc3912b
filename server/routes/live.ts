import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { WebSocket } from '@fastify/websocket'
import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Bus } from '../bus/bus.ts'
import { createLiveConnection } from '../live/live-connection.ts'
import { LIVE_LIMITS } from '../live/live-messages.ts'
import { mayFollow } from '../live/visible-topics.ts'
import { callerOf } from '../plugins/auth.ts'
import type { Recheck } from '../plugins/recheck.ts'
import type { Store } from '../store/store.ts'
import { accessTopic } from '../users/user-service.ts'

interface LiveServices {
  readonly bus: Bus
  readonly store: Store
}

/** `/api/live`: a WebSocket with what happens to the tickets and devices that the caller may see. */
export function liveRoutes(
  services: LiveServices,
  options: { readonly origins: () => ReadonlySet<string>; readonly recheck: Recheck },
) {
  const open = new Map<UserId, number>()

  return async (app: App): Promise<void> => {
    app.route({
      method: 'GET',
      url: '/api/live',
      config: { permission: 'live.read' },
      schema: {
        summary: 'Live updates (WebSocket)',
        description:
          'Send {type: subscribe, topics: [queue, reports, devices, ticket/ID, device/ID]}; events carry ids only.',
        response: { 101: Type.Null({ description: 'The connection is a WebSocket from here on' }) },
      },
      preValidation: async (request) => {
        refuseForeignSocket(request, options.origins())
        const { user } = callerOf(request)
        if ((open.get(user.id) ?? 0) >= LIVE_LIMITS.socketsPerUser) {
          throw new AskFirstError('RATE_LIMITED', `You have ${LIVE_LIMITS.socketsPerUser} live sockets open already.`)
        }
      },
      handler: async () => {
        throw new AskFirstError('INVALID_REQUEST', 'This address speaks WebSocket only.')
      },
      wsHandler: (socket, request) => serve({ socket, request, services, recheck: options.recheck, open }),
    })
  }
}

/**
 * A WebSocket upgrade carries cookies from any page and no CSRF token, so the Origin decides: with a session it must be
 * there and be this server's own; a script with a token sends none.
 */
function refuseForeignSocket(request: FastifyRequest, origins: ReadonlySet<string>): void {
  const { origin } = request.headers
  const allowed = origin === undefined ? callerOf(request).via === 'token' : origins.has(origin)
  if (!allowed)
    throw new AskFirstError('CSRF_REFUSED', "The Origin header does not name one of this server's own addresses.")
}

function serve(input: {
  readonly socket: WebSocket
  readonly request: FastifyRequest
  readonly services: LiveServices
  readonly recheck: Recheck
  readonly open: Map<UserId, number>
}): void {
  const { socket, request, services, recheck, open } = input
  const { bus, store } = services
  const caller = callerOf(request)
  const userId = caller.user.id
  const onError = (error: unknown) => request.log.error({ err: error }, 'live socket failed')
  const connection = createLiveConnection({ socket, bus, mayRead: (topic) => mayFollow(topic, caller, store), onError })

  /** Cuts the socket when the session or token ended or lost a permission; a new socket gets the new rights. */
  const check = () => {
    recheck(request, caller).then((same) => (same ? undefined : connection.refuse()), onError)
  }
  let alive = true
  const timer = setInterval(() => {
    if (!alive) return socket.terminate()
    alive = false
    socket.ping()
    check()
  }, LIVE_LIMITS.checkMs)
  timer.unref()
  const unsubscribe = bus.subscribe(accessTopic(userId), check)
  open.set(userId, (open.get(userId) ?? 0) + 1)

  socket.on('pong', () => {
    alive = true
  })
  socket.on('message', (frame, isBinary) => (isBinary ? connection.refuse() : connection.receive(String(frame))))
  socket.on('close', () => {
    clearInterval(timer)
    unsubscribe()
    connection.ended()
    const left = (open.get(userId) ?? 1) - 1
    if (left === 0) open.delete(userId)
    else open.set(userId, left)
  })
}
