import type { DeviceId } from '@askfirst/protocol/ids.ts'
import { CLOSE } from '@askfirst/protocol/limits.ts'
import type { ServerMessage } from '@askfirst/protocol/messages/index.ts'
import type { AgentLink } from './agent-link.ts'
import type { AgentSession } from './session.ts'

/** The connected agents of this node: one session a device, the newest wins (SPEC W14). */
export class SessionTable implements AgentLink {
  readonly #byDevice = new Map<DeviceId, AgentSession>()

  get onlineCount(): number {
    return this.#byDevice.size
  }

  isOnline(deviceId: DeviceId): boolean {
    return this.#byDevice.has(deviceId)
  }

  speaks(deviceId: DeviceId, version: number): boolean {
    const session = this.#byDevice.get(deviceId)
    return session !== undefined && session.identity.standing === 'active' && session.protocol >= version
  }

  send(deviceId: DeviceId, message: ServerMessage): boolean {
    return this.#byDevice.get(deviceId)?.send(message) ?? false
  }

  disconnect(deviceId: DeviceId, code: number, reason: string): void {
    const session = this.#byDevice.get(deviceId)
    if (session === undefined) return
    this.#byDevice.delete(deviceId)
    session.close(code, reason)
  }

  /** Makes a session the device's own; an older one is closed. */
  add(session: AgentSession): void {
    const older = this.#byDevice.get(session.deviceId)
    this.#byDevice.set(session.deviceId, session)
    if (older !== undefined && older !== session)
      older.close(CLOSE.replaced, 'a newer session of this device took over')
  }

  /** Takes a session out; false when another one stands for the device by now. */
  remove(session: AgentSession): boolean {
    if (this.#byDevice.get(session.deviceId) !== session) return false
    return this.#byDevice.delete(session.deviceId)
  }

  get(deviceId: DeviceId): AgentSession | undefined {
    return this.#byDevice.get(deviceId)
  }
}
