import { writeSync } from 'node:fs'
import { WebSocket } from 'ws'

/** One control message that crossed the agent's socket. */
export interface TapEvent {
  /** `in`: came from the server; `out`: was handed to the network. */
  readonly way: 'in' | 'out'
  readonly type: string
  readonly runId?: string
  readonly nextSeq?: number
  readonly jwsSha256?: string
  readonly requestId?: string
}

/**
 * Tells a file descriptor of every control message on this process's WebSockets: of what comes before the agent sees
 * it, of what goes before the network has it. The write is done when the call returns, so that a SIGKILL loses nothing
 * that the agent could have acted on.
 */
export function tapSockets(descriptor: number): void {
  const tell = (way: TapEvent['way'], text: string) => {
    const { type, runId, nextSeq, jwsSha256, requestId } = JSON.parse(text) as TapEvent
    writeSync(descriptor, `${JSON.stringify({ way, type, runId, nextSeq, jwsSha256, requestId })}\n`)
  }
  const { emit, send } = WebSocket.prototype
  WebSocket.prototype.emit = function (this: WebSocket, event: string | symbol, ...parts: unknown[]) {
    const [content, isBinary] = parts
    if (event === 'message' && isBinary === false) tell('in', String(content))
    return emit.call(this, event, ...parts)
  }
  // The parameters are passed on as they are; `send` has two forms.
  WebSocket.prototype.send = function (this: WebSocket, ...parts: unknown[]) {
    if (typeof parts[0] === 'string') tell('out', parts[0])
    return Reflect.apply(send, this, parts) as undefined
  }
}
