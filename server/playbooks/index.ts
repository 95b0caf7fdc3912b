import { cannotLogIn } from './cannot-log-in.ts'
import { crashes } from './crashes.ts'
import { noNetwork } from './no-network.ts'
import type { Playbook } from './playbook.ts'
import { printer } from './printer.ts'
import { slowComputer } from './slow-computer.ts'
import { updatesFail } from './updates-fail.ts'

/** The complete list of playbooks, in the order in which a technician sees them. */
export const PLAYBOOKS: readonly Playbook[] = [slowComputer, noNetwork, crashes, printer, updatesFail, cannotLogIn]
