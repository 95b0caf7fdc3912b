import { randomInt } from 'node:crypto'

const RECOVERY_CODES = 10
/** Without letters and digits that look alike; 31 of them, so a code of 15 has 74 bits. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789'
const GROUPS = 3
const GROUP_LENGTH = 5

/** Ten codes for the day on which the phone is gone, as people write them down. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: RECOVERY_CODES }, () => Array.from({ length: GROUPS }, newGroup).join('-'))
}

function newGroup(): string {
  return Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
}

/** A code as it is compared: case, blanks and hyphens are people's own. */
export function normalRecoveryCode(typed: string): string {
  return typed.toLowerCase().replaceAll(/[^a-z0-9]/g, '')
}
