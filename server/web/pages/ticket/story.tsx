import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { LucideIcon } from 'lucide-react'
import { ClipboardList, Lightbulb, MessageSquare, Play, ShieldCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { apiSend } from '../../api/client.ts'
import { useRequests } from '../../api/consent.ts'
import { collectorTitle, useDevices } from '../../api/devices.ts'
import { logKey, useLog } from '../../api/log.ts'
import { usePeople } from '../../api/people.ts'
import type { RunView } from '../../api/runs.ts'
import { useMay } from '../../api/session.ts'
import type { TicketView } from '../../api/types.ts'
import { useRuns } from '../../api/use-runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import { codeText, completenessLines, rowsAndTime, runTone, runWord } from './run-words.ts'
import styles from './story.module.css'
import type { StoryItem, StoryNames } from './story-items.ts'
import { storyOf } from './story-items.ts'

const SHOWN = 100

/** The findings log as a readable story, newest last, and the box for a note. */
export function Story({ ticket }: { readonly ticket: TicketView }) {
  const { data: entries, error, isPending } = useLog(ticket.id)
  const { data: runs } = useRuns(ticket.id)
  const [count, setCount] = useState(SHOWN)
  const names = useNames(ticket)
  const items = useMemo(() => storyOf(entries ?? [], names), [entries, names])
  const shown = items.slice(-count)
  return (
    <section className={styles.story} aria-labelledby="story-title">
      <h2 id="story-title">What happened</h2>
      <Problem error={error} />
      {isPending ? <Loading what="Reading the log" /> : null}
      {shown.length < items.length ? (
        <Button small onClick={() => setCount(count + 5 * SHOWN)}>
          Show {items.length - shown.length} earlier entries
        </Button>
      ) : null}
      <ol className={styles.list}>
        {shown.map((item, at) => (
          <Item key={item.seq} ticketId={ticket.id} item={item} runs={runs ?? []} before={shown[at - 1]} />
        ))}
      </ol>
      <NoteBox ticketId={ticket.id} />
    </section>
  )
}

function useNames(ticket: TicketView): StoryNames {
  const { data: requests } = useRequests(ticket.id)
  const { data: runs } = useRuns(ticket.id)
  const people = usePeople()
  // Devices that were taken off the ticket meanwhile still stand in its story.
  const ids = [
    ...ticket.deviceIds,
    ...(requests ?? []).map(({ deviceId }) => deviceId),
    ...(runs ?? []).map((run) => run.deviceId),
  ]
  const devices = useDevices([...new Set(ids)])
  return useMemo(() => {
    const device = (id: string) => devices.find((each) => each.id === id)
    return {
      device: (id) => device(id)?.name ?? id,
      person: (id) => people.find((person) => person.id === id)?.name ?? id,
      collector: (deviceId, id) => collectorTitle(device(deviceId)?.catalogue, id),
      request: (id) => requests?.find((request) => request.id === id),
    }
  }, [devices, people, requests])
}

const ICONS: Readonly<Record<StoryItem['kind'], LucideIcon>> = {
  ticket: ClipboardList,
  note: MessageSquare,
  consent: ShieldCheck,
  run: Play,
  finding: Lightbulb,
}
const TIME = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' })
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full' })

function Item({
  ticketId,
  item,
  runs,
  before,
}: {
  readonly ticketId: string
  readonly item: StoryItem
  readonly runs: readonly RunView[]
  readonly before: StoryItem | undefined
}) {
  const Icon = ICONS[item.kind]
  const day = DAY.format(new Date(item.at))
  const isNewDay = before === undefined || DAY.format(new Date(before.at)) !== day
  const run = item.runId === null ? undefined : runs.find(({ id }) => id === item.runId)
  return (
    <li className={styles.item}>
      {isNewDay ? <div className={styles.day}>{day}</div> : null}
      <div className={styles.line}>
        <span className={styles.icon} data-kind={item.kind}>
          <Icon aria-hidden="true" size={16} />
        </span>
        <div className={styles.body}>
          <p>
            <strong>{item.who}</strong> {item.text}{' '}
            <time className={styles.time} dateTime={item.at} title={fullTime(item.at)}>
              {TIME.format(new Date(item.at))}
            </time>
          </p>
          {item.quote === null || item.quote === '' ? null : (
            <blockquote className={styles.quote}>{item.quote}</blockquote>
          )}
          {item.details.map((detail) => (
            <p className={styles.detail} key={detail}>
              {detail}
            </p>
          ))}
          {run === undefined ? null : <RunLines ticketId={ticketId} run={run} />}
        </div>
      </div>
    </li>
  )
}

/** How a run stands or ended, in plain words. */
function RunLines({ ticketId, run }: { readonly ticketId: string; readonly run: RunView }) {
  return (
    <>
      <p className={styles.run}>
        <Badge tone={runTone(run.state)}>{runWord(run.state)}</Badge>
        <span>{rowsAndTime(run.rows, run.completeness)}</span>
        {run.rows > 0 && run.withheld === null ? (
          <Link className={styles.rows ?? ''} href={`/tickets/${ticketId}/runs/${run.id}`}>
            See the rows
          </Link>
        ) : null}
      </p>
      {run.refusedCode === null ? null : <p className={styles.detail}>{codeText(run.refusedCode)}</p>}
      {run.withheld === null ? null : <p className={styles.detail}>The rows are not shown: {run.withheld}</p>}
      {run.completeness === null
        ? null
        : completenessLines(run.completeness).map((line) => (
            <p className={styles.detail} key={line}>
              {line}
            </p>
          ))}
    </>
  )
}

function NoteBox({ ticketId }: { readonly ticketId: string }) {
  const queries = useQueryClient()
  const mayWork = useMay('ticket.work')
  const [note, setNote] = useState('')
  const add = useMutation({
    mutationFn: (text: string) => apiSend('POST', `/api/tickets/${ticketId}/log`, { text }),
    onSuccess: async () => {
      setNote('')
      await queries.invalidateQueries({ queryKey: logKey(ticketId) })
    },
  })
  if (!mayWork) return null
  return (
    <form
      className={styles.note}
      onSubmit={(event) => {
        event.preventDefault()
        if (note.trim() !== '') add.mutate(note.trim())
      }}
    >
      <Problem error={add.error} />
      <TextArea
        label="Note"
        hint="Stays in the log for good and stands in the export. Ctrl Enter adds it."
        rows={3}
        maxLength={20_000}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
        }}
      />
      <div>
        <Button type="submit" disabled={add.isPending || note.trim() === ''}>
          Add note
        </Button>
      </div>
    </form>
  )
}
