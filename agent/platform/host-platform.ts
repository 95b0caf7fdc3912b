import { platform } from 'node:process'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'

/** The system this process runs on. @throws Error on a system that the agent is not made for */
export function hostPlatform(): Platform {
  if (platform === 'linux' || platform === 'darwin' || platform === 'win32') return platform
  throw new Error(`The agent runs on Linux, macOS and Windows, not on ${platform}`)
}
