import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { ServerMessage } from '@askfirst/protocol/messages/index.ts'

/** How services reach connected agents; the gateway implements it. */
export interface AgentLink {
  isOnline(deviceId: DeviceId): boolean
  /** False when the device is not connected here; the caller's record is re-sent at the next connect. */
  send(deviceId: DeviceId, message: ServerMessage): boolean
  /** Closes the device's socket with a code of CLOSE. */
  disconnect(deviceId: DeviceId, code: number, reason: string): void
  readonly onlineCount: number
}
