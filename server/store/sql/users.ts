import { AskFirstError } from '@askfirst/protocol/errors.ts'
import type { UserId } from '@askfirst/protocol/ids.ts'
import type { Selectable } from 'kysely'
import type { AuditDraft, PageRequest, SavedView, User } from '../entities.ts'
import type { UserStore } from '../store.ts'
import { appendAudit } from './audit.ts'
import { acceptInvitation, accountStandings, invitedUserId, putInvitation } from './invitations.ts'
import { boundedLimit, cursorKey, pageOf } from './page.ts'
import { foldText, searchWords } from './search-words.ts'
import type { SqlContext, Tables } from './tables.ts'

const MAX_SEARCHED = 5_000

type UserChange = Parameters<UserStore['change']>[1]

/** The people of the desk in SQL. */
export function userStore(context: SqlContext): UserStore {
  return {
    create: (user, audit) => createUser(context, user, audit),
    createFirstAdmin: (user, audit) => createFirstAdmin(context, user, audit),
    get: (id) => findUser(context, 'public_id', id),
    byEmail: (email) => findUser(context, 'email', email),
    list: (page) => listUsers(context, page),
    search: (q, limit) => searchUsers(context, q, limit),
    views: (id) => readViews(context, id),
    putViews: (id, views) => putViews(context, id, views),
    change: (id, change, audit) => changeUser(context, { id, change, audit }),
    hasAdmin: () => hasAdmin(context),
    invite: (invitation, audit) => putInvitation(context, invitation, audit),
    invited: async (tokenHash, now) => userOf(context, await invitedUserId(context, tokenHash, now)),
    acceptInvitation: async (tokenHash, passwordHash, now, audit) =>
      userOf(context, await acceptInvitation(context, { tokenHash, passwordHash, now, audit })),
    standings: (ids, now) => accountStandings(context, ids, now),
  }
}

async function createUser(context: SqlContext, user: User, audit: AuditDraft): Promise<void> {
  if ((await findUser(context, 'email', user.email)) !== null) {
    throw new AskFirstError('CONFLICT', 'There is a user with this e-mail already', { details: { field: 'email' } })
  }
  await insertUser(context, user)
  await appendAudit(context, audit)
}

async function createFirstAdmin(context: SqlContext, user: User, audit: AuditDraft): Promise<User | null> {
  await context.flavour.lock(context.db, 'users')
  if (await hasAdmin(context)) return null
  await createUser(context, user, audit)
  return user
}

async function insertUser({ db }: SqlContext, user: User): Promise<void> {
  await db
    .insertInto('users')
    .values({
      public_id: user.id,
      email: user.email,
      name: user.name,
      role: user.role,
      password_hash: user.passwordHash,
      disabled: Number(user.disabled),
      created_at: user.createdAt,
      support_level: user.supportLevel,
    })
    .execute()
}

async function findUser({ db }: SqlContext, column: 'public_id' | 'email', value: string): Promise<User | null> {
  const row = await db.selectFrom('users').selectAll().where(column, '=', value).executeTakeFirst()
  return row === undefined ? null : toUser(row)
}

async function userOf(context: SqlContext, id: UserId | null): Promise<User | null> {
  return id === null ? null : findUser(context, 'public_id', id)
}

async function listUsers({ db }: SqlContext, page: PageRequest) {
  const limit = boundedLimit(page.limit)
  const rows = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '>', cursorKey(page) ?? 0)
    .orderBy('id')
    .limit(limit + 1)
    .execute()
  return pageOf(rows, limit, toUser)
}

/** Accounts are few and their names are not folded in the store, so all of them are looked at. */
async function searchUsers({ db }: SqlContext, q: string, limit: number): Promise<User[]> {
  const words = searchWords(q, 8)
  if (words.length === 0) return []
  const rows = await db.selectFrom('users').selectAll().orderBy('id').limit(MAX_SEARCHED).execute()
  const found = rows.filter(({ name, email }) => {
    const text = foldText(`${name} ${email}`)
    return words.every((word) => text.includes(word))
  })
  return found.slice(0, boundedLimit(limit)).map(toUser)
}

async function readViews({ db }: SqlContext, id: UserId): Promise<readonly SavedView[]> {
  const row = await db.selectFrom('user_views').select('views').where('user_id', '=', id).executeTakeFirst()
  return row === undefined ? [] : JSON.parse(row.views)
}

async function putViews({ db }: SqlContext, id: UserId, views: readonly SavedView[]): Promise<void> {
  const text = JSON.stringify(views)
  await db
    .insertInto('user_views')
    .values({ user_id: id, views: text })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ views: text }))
    .execute()
}

async function changeUser(
  context: SqlContext,
  input: { id: UserId; change: UserChange; audit: AuditDraft },
): Promise<User | null> {
  const { db } = context
  await context.flavour.lock(db, 'users')
  const { name, role, passwordHash, disabled, supportLevel } = input.change
  const row = await db
    .updateTable('users')
    .set({
      // Its own id, so that a change of nothing is a statement too.
      public_id: input.id,
      ...(name === undefined ? {} : { name }),
      ...(role === undefined ? {} : { role }),
      ...(passwordHash === undefined ? {} : { password_hash: passwordHash }),
      ...(disabled === undefined ? {} : { disabled: Number(disabled) }),
      ...(supportLevel === undefined ? {} : { support_level: supportLevel }),
    })
    .where('public_id', '=', input.id)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return null
  const losesAdmin = (role !== undefined && role !== 'admin') || disabled === true
  if (losesAdmin && !(await hasEnabledAdmin(context))) {
    throw new AskFirstError('CONFLICT', 'The change would leave no enabled admin; make another user an admin first')
  }
  await appendAudit(context, input.audit)
  return toUser(row)
}

async function hasAdmin({ db }: SqlContext): Promise<boolean> {
  return (
    (await db.selectFrom('users').select('id').where('role', '=', 'admin').limit(1).executeTakeFirst()) !== undefined
  )
}

async function hasEnabledAdmin({ db }: SqlContext): Promise<boolean> {
  const query = db.selectFrom('users').select('id').where('role', '=', 'admin').where('disabled', '=', 0)
  return (await query.limit(1).executeTakeFirst()) !== undefined
}

function toUser(row: Selectable<Tables['users']>): User {
  return {
    // Id and role were written from a typed record.
    id: row.public_id as UserId,
    email: row.email,
    name: row.name,
    role: row.role as User['role'],
    passwordHash: row.password_hash,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    supportLevel: row.support_level,
  }
}
