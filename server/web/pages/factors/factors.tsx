import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { FactorsView, PasskeyView, TotpBegun } from '../../api/account.ts'
import { apiGet, apiSend } from '../../api/client.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import { useSudo } from '../../ui/use-sudo.tsx'
import styles from '../desk.module.css'
import { AddPasskey } from './add-passkey.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'
import { TotpSetUp } from './totp-set-up.tsx'

const FACTORS = ['account', 'factors'] as const

/** One's own second factors: what there is, add, remove. */
export function Factors({ onFirst }: { readonly onFirst?: () => void }) {
  const queries = useQueryClient()
  const { data, error, isPending } = useQuery({
    queryKey: FACTORS,
    queryFn: ({ signal }) => apiGet<FactorsView>('/api/account/second-factors', {}, signal),
  })
  const [begun, setBegun] = useState<TotpBegun | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const [failure, setFailure] = useState<unknown>(null)
  const { run, dialog } = useSudo()
  const attempt = (work: Parameters<typeof run>[0]) => {
    setFailure(null)
    run(work).catch(setFailure)
  }
  const changed = (recoveryCodes: readonly string[] | null) => {
    setBegun(null)
    setCodes(recoveryCodes)
    void queries.invalidateQueries({ queryKey: FACTORS })
    if (recoveryCodes === null) onFirst?.()
  }
  if (codes !== null)
    return (
      <RecoveryCodes
        codes={codes}
        onDone={() => {
          setCodes(null)
          onFirst?.()
        }}
      />
    )
  if (isPending) return <Loading />
  if (data === undefined) return <Problem error={error} />
  const remove = (path: string) =>
    attempt(async (confirmed) => {
      await apiSend('DELETE', path, confirmed)
      changed(null)
    })
  return (
    <div className={styles.stack}>
      <Problem error={failure} />
      {dialog}
      {begun === null ? (
        <TotpRow
          confirmedAt={data.totp?.confirmedAt ?? null}
          onBegin={() =>
            attempt(async (confirmed) => setBegun(await apiSend<TotpBegun>('POST', '/api/account/totp', confirmed)))
          }
          onRemove={() => remove('/api/account/totp')}
        />
      ) : (
        <TotpSetUp begun={begun} onDone={changed} onCancel={() => setBegun(null)} />
      )}
      <h3>Passkeys</h3>
      <Passkeys passkeys={data.passkeys} onRemove={(id) => remove(`/api/account/passkeys/${id}`)} />
      <AddPasskey attempt={attempt} onAdded={changed} />
      {data.totp === null && data.passkeys.length === 0 ? null : (
        <Recovery
          left={data.recoveryCodesLeft}
          onRenew={() =>
            attempt(async (confirmed) => {
              const made = await apiSend<{ recoveryCodes: string[] }>('POST', '/api/account/recovery-codes', confirmed)
              setCodes(made.recoveryCodes)
              void queries.invalidateQueries({ queryKey: FACTORS })
            })
          }
        />
      )}
    </div>
  )
}

function TotpRow({
  confirmedAt,
  onBegin,
  onRemove,
}: {
  readonly confirmedAt: string | null
  readonly onBegin: () => void
  readonly onRemove: () => void
}) {
  return (
    <div className={styles.between}>
      <div>
        <h3>Authenticator app</h3>
        {confirmedAt === null ? (
          <span className={styles.soft}>Shows a new code every 30 seconds.</span>
        ) : (
          <span className={styles.soft}>
            Set up <Ago at={confirmedAt} />
          </span>
        )}
      </div>
      {confirmedAt === null ? (
        <Button onClick={onBegin}>Set up an app</Button>
      ) : (
        <div className={styles.row}>
          <Badge tone="good">On</Badge>
          <Button look="danger" small onClick={onRemove} aria-label="Remove the authenticator app">
            Remove
          </Button>
        </div>
      )}
    </div>
  )
}

function Passkeys({
  passkeys,
  onRemove,
}: {
  readonly passkeys: readonly PasskeyView[]
  readonly onRemove: (id: string) => void
}) {
  if (passkeys.length === 0)
    return <p className={styles.soft}>None yet. A passkey is your fingerprint, your face, a PIN or a security key.</p>
  return (
    <ul className={styles.plain}>
      {passkeys.map(({ id, name, rpId, createdAt, lastUsedAt }) => (
        <li key={id} className={styles.between}>
          <span>
            <span className={styles.name}>{name}</span>{' '}
            <span className={styles.soft}>
              for {rpId}, added <Ago at={createdAt} />
              {lastUsedAt === null ? null : (
                <>
                  , used <Ago at={lastUsedAt} />
                </>
              )}
            </span>
          </span>
          <Button look="danger" small onClick={() => onRemove(id)} aria-label={`Remove the passkey ${name}`}>
            Remove
          </Button>
        </li>
      ))}
    </ul>
  )
}

function Recovery({ left, onRenew }: { readonly left: number; readonly onRenew: () => void }) {
  return (
    <>
      <div className={styles.between}>
        <div>
          <h3>Recovery codes</h3>
          <span className={styles.soft}>{left} of 10 unused</span>
        </div>
        <Button onClick={onRenew}>Make new codes</Button>
      </div>
      {left < 3 ? (
        <Notice tone="warn">Few recovery codes are left. Make new ones; the old ones stop working.</Notice>
      ) : null}
    </>
  )
}
