import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { apiGet, apiSend } from '../../api/client.ts'
import type { EnrolmentTokenView, MadeEnrolmentCode } from '../../api/desk.ts'
import type { Page } from '../../api/types.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import { MadeCode } from './made-code.tsx'
import { NewCode } from './new-code.tsx'

const CODES = ['enrolment-tokens'] as const

/** Codes with which machines enrol. */
export function Codes() {
  const queries = useQueryClient()
  const list = useInfiniteQuery({
    queryKey: CODES,
    queryFn: ({ pageParam, signal }) =>
      apiGet<Page<EnrolmentTokenView>>('/api/enrolment-tokens', { after: pageParam, limit: 100 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
  })
  const [isMaking, setMaking] = useState(false)
  const [made, setMade] = useState<MadeEnrolmentCode | null>(null)
  const [revoking, setRevoking] = useState<EnrolmentTokenView | null>(null)
  const changed = () => queries.invalidateQueries({ queryKey: CODES })
  const codes = list.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <>
      <PageTitle title="Enrolment codes">
        <Button look="primary" onClick={() => setMaking(true)}>
          Make a code
        </Button>
      </PageTitle>
      <div className={styles.stack}>
        {made === null ? null : <MadeCode made={made} onDone={() => setMade(null)} />}
        <Problem error={list.error} />
        {list.isPending ? <Loading /> : null}
        {list.isSuccess && codes.length === 0 ? (
          <Empty title="No enrolment codes yet">A code lets a machine join. Make one and type it on the machine.</Empty>
        ) : null}
        {codes.length === 0 ? null : (
          <DataTable label="Enrolment codes" columns={columns(setRevoking)} rows={codes} keyOf={({ id }) => id} />
        )}
        {list.hasNextPage ? <Button onClick={() => void list.fetchNextPage()}>Show more</Button> : null}
      </div>
      <Dialog open={isMaking} onClose={() => setMaking(false)} title="Make an enrolment code">
        <NewCode
          onCancel={() => setMaking(false)}
          onMade={(code) => {
            setMaking(false)
            setMade(code)
            void changed()
          }}
        />
      </Dialog>
      <ConfirmDialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title="Revoke this code?"
        action="Revoke"
        onConfirm={async () => {
          await apiSend('DELETE', `/api/enrolment-tokens/${revoking?.id}`)
          await changed()
        }}
      >
        <p>No machine can enrol with “{revoking?.label}” any more. Machines that did stay enrolled.</p>
      </ConfirmDialog>
    </>
  )
}

function columns(onRevoke: (code: EnrolmentTokenView) => void): readonly Column<EnrolmentTokenView>[] {
  return [
    { head: 'Label', cell: ({ label }) => <span className={styles.name}>{label}</span> },
    { head: 'State', cell: (code) => <CodeState code={code} /> },
    { head: 'Used', cell: ({ uses, maxUses }) => `${uses} of ${maxUses}` },
    { head: 'Devices', cell: ({ approves }) => (approves ? 'Approved at once' : 'Wait for approval') },
    { head: 'Made', cell: ({ createdAt }) => <Ago at={createdAt} /> },
    { head: 'Expires', cell: ({ expiresAt }) => <Ago at={expiresAt} /> },
    {
      head: 'Action',
      cell: (code) =>
        isOpen(code) ? (
          <Button small look="danger" onClick={() => onRevoke(code)} aria-label={`Revoke ${code.label}`}>
            Revoke
          </Button>
        ) : null,
    },
  ]
}

function isOpen({ revokedAt, uses, maxUses, expiresAt }: EnrolmentTokenView): boolean {
  return revokedAt === null && uses < maxUses && Date.parse(expiresAt) > Date.now()
}

function CodeState({ code }: { readonly code: EnrolmentTokenView }) {
  if (code.revokedAt !== null) return <Badge tone="bad">Revoked</Badge>
  if (code.uses >= code.maxUses) return <Badge>Used up</Badge>
  return isOpen(code) ? <Badge tone="good">Open</Badge> : <Badge>Expired</Badge>
}
