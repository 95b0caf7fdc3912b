import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Lock, Send } from 'lucide-react'
import type { FormEvent, KeyboardEvent } from 'react'
import { useEffect, useId, useRef, useState } from 'react'
import { apiSend } from '../../api/client.ts'
import { logKey } from '../../api/log.ts'
import { useMails } from '../../api/mails.ts'
import { useMay } from '../../api/session.ts'
import { rememberTicket } from '../../api/tickets.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { TemplateMenu } from './template-menu.tsx'
import styles from './write-box.module.css'

/** Whom a text is for. Each has a draft of its own: switching never carries words of the desk over to the person. */
const KINDS = {
  note: {
    choice: 'Note for the desk',
    label: 'Note',
    hint: 'Only the desk reads it. It stays in the log for good and stands in the export.',
    does: 'Add note',
    route: 'log',
    maxLength: 20_000,
  },
  message: {
    choice: 'Message to the person',
    label: 'Message',
    hint: 'The person reads it on their own page. It stays in the log for good.',
    does: 'Send to the person',
    route: 'messages',
    maxLength: 4_000,
  },
} as const
type Kind = keyof typeof KINDS
const ORDER: readonly Kind[] = ['note', 'message']

/** A text for the person that another part of the page puts here, to be looked at before it is sent. */
export interface Proposal {
  readonly text: string
}

/** Where a technician writes: a note that stays at the desk, or a message that the person reads. They look different. */
export function WriteBox({ ticket, proposal }: { readonly ticket: TicketView; readonly proposal: Proposal | null }) {
  const mayWork = useMay('ticket.work') && ticket.state !== 'closed'
  const [kind, setKind] = useState<Kind>('note')
  const [drafts, setDrafts] = useState<Readonly<Record<Kind, string>>>({ note: '', message: '' })
  const { label, hint, does, maxLength } = KINDS[kind]
  const box = useRef<HTMLFormElement>(null)
  useEffect(() => {
    if (proposal === null) return
    setKind('message')
    // What is being written to the person already stays before it.
    setDrafts((before) => ({ ...before, message: [before.message.trim(), proposal.text].join('\n\n').trim() }))
    box.current?.querySelector('textarea')?.focus()
  }, [proposal])
  const draft = drafts[kind]
  const writesTo = useMails(ticket.id).data?.writesTo ?? null
  const { send, isPending, error } = useSend(ticket.id, (sent) => setDrafts({ ...drafts, [sent]: '' }))
  if (!mayWork) return null
  const write = (text: string) => setDrafts({ ...drafts, [kind]: text })
  function submit(event: FormEvent) {
    event.preventDefault()
    if (draft.trim() !== '') send({ kind, text: draft.trim() })
  }
  function submitByKey(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
  }
  return (
    <form ref={box} className={styles.box} data-kind={kind} aria-label="Write" onSubmit={submit}>
      <KindChoice kind={kind} onChange={setKind} />
      <Problem error={error} />
      {kind === 'message' && ticket.deviceIds.length === 0 && writesTo === null ? (
        <Notice tone="warn">The ticket names no device yet. The person reads this once one is added.</Notice>
      ) : null}
      {kind === 'message' ? <TemplateMenu ticket={ticket} draft={draft} onChange={write} /> : null}
      <TextArea
        label={label}
        hint={`${kind === 'message' && writesTo !== null ? mailHint(writesTo) : hint} Ctrl Enter ${kind === 'note' ? 'adds' : 'sends'} it.`}
        rows={3}
        maxLength={maxLength}
        value={draft}
        onChange={({ target }) => write(target.value)}
        onKeyDown={submitByKey}
      />
      <div className={styles.buttons}>
        <Button
          type="submit"
          look={kind === 'message' ? 'primary' : 'plain'}
          disabled={isPending || draft.trim() === ''}
        >
          {kind === 'note' ? <Lock aria-hidden="true" size={16} /> : <Send aria-hidden="true" size={16} />}
          {does}
        </Button>
        {kind === 'message' ? <SendAndResolve ticket={ticket} text={draft.trim()} onSent={() => write('')} /> : null}
      </div>
    </form>
  )
}

function mailHint(address: string): string {
  return `The person gets it by e-mail at ${address}. It stays in the log for good.`
}

function useSend(ticketId: string, onSent: (kind: Kind) => void) {
  const queries = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: ({ kind, text }: { readonly kind: Kind; readonly text: string }) =>
      apiSend('POST', `/api/tickets/${ticketId}/${KINDS[kind].route}`, { text }),
    onSuccess: async (_entry, { kind }) => {
      onSent(kind)
      await queries.invalidateQueries({ queryKey: logKey(ticketId) })
    },
  })
  return { send: mutate, isPending, error }
}

/** Sends the message and resolves the ticket: the person reads it, and is asked whether it is fixed. */
function SendAndResolve({
  ticket,
  text,
  onSent,
}: {
  readonly ticket: TicketView
  readonly text: string
  readonly onSent: () => void
}) {
  const queries = useQueryClient()
  const path = `/api/tickets/${ticket.id}`
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      // Resolved first: where it cannot be resolved, or somebody changed the ticket meanwhile, nothing is sent.
      const change = { version: ticket.version, state: 'resolved' }
      rememberTicket(queries, await apiSend<TicketView>('PATCH', path, change))
      await apiSend('POST', `${path}/messages`, { text })
    },
    onSuccess: onSent,
    onSettled: () => queries.invalidateQueries({ queryKey: logKey(ticket.id) }),
  })
  if (ticket.state === 'resolved') return <Problem error={error} />
  return (
    <>
      <Button disabled={isPending || text === ''} onClick={() => mutate()}>
        Send and resolve
      </Button>
      <Problem error={error} />
    </>
  )
}

function KindChoice({ kind, onChange }: { readonly kind: Kind; readonly onChange: (kind: Kind) => void }) {
  const name = useId()
  return (
    <fieldset className={styles.kinds}>
      <legend className={styles.legend}>Who reads it</legend>
      {ORDER.map((each) => (
        <label key={each} className={styles.kind}>
          <input type="radio" name={name} checked={kind === each} onChange={() => onChange(each)} />
          {KINDS[each].choice}
        </label>
      ))}
    </fieldset>
  )
}
