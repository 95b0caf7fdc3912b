import { randomBytes, timingSafeEqual } from 'node:crypto'
import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { User } from '../store/entities.ts'
import type { NewUser, UserService } from './user-service.ts'

export type SetupService = ReturnType<typeof createSetupService>

/** The first admin: made with a token that only who reads the server's console knows. It dies with the process. */
export function createSetupService({ users }: { readonly users: Pick<UserService, 'hasAdmin' | 'createFirstAdmin'> }) {
  const token = randomBytes(32).toString('base64url')

  /** @throws AskFirstError SETUP_DONE once an admin exists, SETUP_LINK_INVALID for another token */
  async function check(given: string): Promise<void> {
    if (await users.hasAdmin()) throw new AskFirstError('SETUP_DONE', 'An admin exists already.')
    const [expected, presented] = [Buffer.from(token), Buffer.from(given)]
    if (expected.length !== presented.length || !timingSafeEqual(expected, presented)) {
      throw new AskFirstError('SETUP_LINK_INVALID', 'The token is not the one that the running server printed.')
    }
  }

  return {
    check,
    /** Path and query of the one-time link; null once an admin exists. */
    async path(): Promise<string | null> {
      return (await users.hasAdmin()) ? null : `/setup?token=${token}`
    },
    /** Creates the first admin; of two callers at once one wins. @throws AskFirstError as `check` */
    async finish(given: string, account: NewUser): Promise<User> {
      await check(given)
      const user = await users.createFirstAdmin(account)
      if (user === null) throw new AskFirstError('SETUP_DONE', 'Another caller created the admin a moment earlier.')
      return user
    },
  }
}
