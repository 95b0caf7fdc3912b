import type { LucideIcon } from 'lucide-react'
import { ClipboardList, Lightbulb, ListChecks, Lock, MessageSquare, Play, ShieldCheck } from 'lucide-react'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import { useRequests } from '../../api/consent.ts'
import { collectorTitle, useDevices } from '../../api/devices.ts'
import { useLog } from '../../api/log.ts'
import { usePeople } from '../../api/people.ts'
import type { RunView } from '../../api/runs.ts'
import type { TicketView } from '../../api/types.ts'
import { useRuns } from '../../api/use-runs.ts'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Problem } from '../../ui/notice.tsx'
import { fullTime } from '../../ui/time.tsx'
import { codeText, completenessLines, rowsAndTime, runTone, runWord } from './run-words.ts'
import { StatedFiles } from './stated-files.tsx'
import styles from './story.module.css'
import type { StoryItem, StoryNames } from './story-items.ts'
import { isTalk, storyOf } from './story-items.ts'
import type { Proposal } from './write-box.tsx'
import { WriteBox } from './write-box.tsx'

const SHOWN = 100

/** The findings log as a readable story, newest last, and the box for a note. */
export function Story({ ticket, proposal }: { readonly ticket: TicketView; readonly proposal: Proposal | null }) {
  const { data: entries, error, isPending } = useLog(ticket.id)
  const { data: runs } = useRuns(ticket.id)
  const [count, setCount] = useState(SHOWN)
  const [onlyTalk, setOnlyTalk] = useState(false)
  const names = useNames(ticket)
  const all = useMemo(() => storyOf(entries ?? [], names), [entries, names])
  const items = onlyTalk ? all.filter(isTalk) : all
  const shown = items.slice(-count)
  return (
    <section className={styles.story} aria-labelledby="story-title">
      <div className={styles.head}>
        <h2 id="story-title">What happened</h2>
        {all.some(isTalk) ? (
          <Button small look="quiet" aria-pressed={onlyTalk} onClick={() => setOnlyTalk(!onlyTalk)}>
            Only messages
          </Button>
        ) : null}
      </div>
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
      <WriteBox ticket={ticket} proposal={proposal} />
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
  note: Lock,
  message: MessageSquare,
  consent: ShieldCheck,
  run: Play,
  finding: Lightbulb,
  method: ListChecks,
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
            <blockquote className={styles.quote} data-kind={item.kind}>
              {item.quote}
            </blockquote>
          )}
          <Parts parts={item.parts} />
          <StatedFiles ticketId={ticketId} files={item.files} />
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

/** Words under headings, as a person typed them into the fields of a form. */
function Parts({ parts }: { readonly parts: StoryItem['parts'] }) {
  if (parts.length === 0) return null
  return (
    <dl className={styles.parts}>
      {parts.map(([heading, words]) => (
        <div key={heading}>
          <dt>{heading}</dt>
          <dd>{words}</dd>
        </div>
      ))}
    </dl>
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
