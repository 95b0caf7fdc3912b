import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import type { InvitationView, ProtectedUser } from '../../api/desk.ts'
import { useSession } from '../../api/session.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import { EditUser } from './edit-user.tsx'
import { InvitationLink } from './invitation-link.tsx'
import { NewUser } from './new-user.tsx'

const USERS = ['users', 'protection'] as const

/** Accounts, how they are protected, and what an admin does with them. */
export function Users() {
  const queries = useQueryClient()
  const { user: self } = useSession()
  const list = useInfiniteQuery({
    queryKey: USERS,
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<ProtectedUser>>('/api/users/protection', { after: pageParam, limit: 100 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const [isAdding, setAdding] = useState(false)
  const [editing, setEditing] = useState<ProtectedUser | null>(null)
  const [made, setMade] = useState<{ readonly name: string; readonly invitation: InvitationView } | null>(null)
  const changed = () => queries.invalidateQueries({ queryKey: ['users'] })
  const users = list.data?.pages.flatMap(({ items }) => items) ?? []
  const invite = async (user: ProtectedUser) => {
    const invitation = await apiSend<InvitationView>('POST', `/api/users/${user.id}/invitation`)
    setEditing(null)
    setMade({ name: user.name, invitation })
    await changed()
  }
  return (
    <>
      <PageTitle title="Users">
        <Button look="primary" onClick={() => setAdding(true)}>
          Add a user
        </Button>
      </PageTitle>
      <div className={styles.stack}>
        <Problem error={list.error} />
        {made === null ? null : <InvitationLink {...made} onDone={() => setMade(null)} />}
        {list.isPending ? <Loading /> : null}
        {users.length === 0 ? null : (
          <DataTable label="Users" columns={columns(self.id, setEditing)} rows={users} keyOf={({ id }) => id} />
        )}
        {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>Show more</Button> : null}
      </div>
      <NewUser
        open={isAdding}
        onClose={() => setAdding(false)}
        onMade={(name, invitation) => {
          setAdding(false)
          if (invitation !== null) setMade({ name, invitation })
          void changed()
        }}
      />
      {editing === null ? null : (
        <EditUser
          user={editing}
          isSelf={editing.id === self.id}
          onClose={() => setEditing(null)}
          onChanged={changed}
          onInvite={invite}
        />
      )}
    </>
  )
}

function columns(selfId: string, onEdit: (user: ProtectedUser) => void): readonly Column<ProtectedUser>[] {
  return [
    {
      head: 'Name',
      cell: ({ id, name, email }) => (
        <span>
          <span className={styles.name}>{name}</span> {id === selfId ? <Badge tone="accent">You</Badge> : null}
          <span className={styles.sub}>{email}</span>
        </span>
      ),
    },
    { head: 'Role', cell: (user) => <RoleCell user={user} /> },
    { head: 'State', cell: (user) => <State user={user} /> },
    { head: 'Second factor', cell: (user) => <Protection user={user} /> },
    {
      head: 'Last seen',
      cell: ({ lastUsedAt, sessions }) =>
        lastUsedAt === null ? (
          'Not signed in'
        ) : (
          <span>
            <Ago at={lastUsedAt} />
            <span className={styles.sub}>{sessions === 1 ? '1 session' : `${sessions} sessions`}</span>
          </span>
        ),
    },
    {
      head: 'Action',
      cell: (user) => (
        <Button small onClick={() => onEdit(user)} aria-label={`Change ${user.name}`}>
          Change
        </Button>
      ),
    },
  ]
}

function RoleCell({ user: { role, supportLevel } }: { readonly user: ProtectedUser }) {
  if (role !== 'technician' || supportLevel === null) return role
  return (
    <span>
      {role}
      <span className={styles.sub}>up to level {supportLevel}</span>
    </span>
  )
}

function State({ user }: { readonly user: ProtectedUser }) {
  if (user.disabled) return <Badge tone="bad">Disabled</Badge>
  if (user.invitedUntil !== null) return <Badge tone="warn">Invited</Badge>
  return <Badge tone="good">Active</Badge>
}

function Protection({ user: { totp, passkeys, recoveryCodesLeft } }: { readonly user: ProtectedUser }) {
  const parts = [totp ? 'App' : '', passkeys === 0 ? '' : passkeys === 1 ? '1 passkey' : `${passkeys} passkeys`]
  const shown = parts.filter((part) => part !== '')
  if (shown.length === 0) return <Badge tone="warn">None</Badge>
  return (
    <span>
      {shown.join(', ')}
      <span className={styles.sub}>{recoveryCodesLeft} recovery codes left</span>
    </span>
  )
}
