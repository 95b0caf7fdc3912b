import { readdirSync } from 'node:fs'
import { constants, setPriority } from 'node:os'

const OWN_THREADS = '/proc/self/task'

/**
 * Gives this process, with all of its threads, the lowest processor priority; programs that it starts inherit it. On
 * Linux the priority belongs to each thread. Where the system does not let us, the usual priority stays.
 */
export function lowerOwnPriority(): void {
  for (const id of ownThreads()) {
    try {
      setPriority(id, constants.priority.PRIORITY_LOW)
    } catch {
      // The thread ended already, or priorities are not ours to change.
    }
  }
}

function ownThreads(): readonly number[] {
  try {
    return readdirSync(OWN_THREADS).map(Number)
  } catch {
    return [process.pid] // Not Linux: the priority belongs to the process.
  }
}
