import type { DeviceId } from '@askfirst/protocol/ids.ts'
import type { ServerMessage } from '@askfirst/protocol/messages/index.ts'

/** How services reach connected agents; the gateway implements it. */
export interface AgentLink {
  isOnline(deviceId: DeviceId): boolean
  /** Whether the device is connected here, is no guest in quarantine, and speaks a protocol version of at least this one. */
  speaks(deviceId: DeviceId, version: number): boolean
  /** False when the device is not connected here; the caller's record is re-sent at the next connect. */
  send(deviceId: DeviceId, message: ServerMessage): boolean
  /** Closes the device's socket with a code of CLOSE. */
  disconnect(deviceId: DeviceId, code: number, reason: string): void
  readonly onlineCount: number
}
