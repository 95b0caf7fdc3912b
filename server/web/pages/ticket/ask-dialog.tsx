import type { CatalogueEntry } from '@askfirst/protocol/catalogue-entry.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import type { AppointmentView } from '../../api/asks.ts'
import { useAsked } from '../../api/asks.ts'
import { apiSend } from '../../api/client.ts'
import type { RequestView } from '../../api/consent.ts'
import { requestsKey } from '../../api/consent.ts'
import type { SettingsView } from '../../api/desk.ts'
import { useDevice } from '../../api/devices.ts'
import { useSettings } from '../../api/settings.ts'
import type { TicketView } from '../../api/types.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField, TextArea } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Notice, Problem } from '../../ui/notice.tsx'
import { useNow } from '../../ui/time.tsx'
import { lengthText } from '../../ui/words.tsx'
import styles from './ask-dialog.module.css'
import type { AskDraft } from './ask-draft.ts'
import { spanText } from './ask-words.ts'
import type { Chosen } from './collector-choice.tsx'
import { CollectorChoice } from './collector-choice.tsx'
import type { Asking } from './what-they-see.tsx'
import { WhatTheySee } from './what-they-see.tsx'

const MINUTE = 60_000
const DURATIONS = [15, 30, 60, 120, 240, 480].map((minutes) => minutes * MINUTE)
const ANSWER_TIMES = [15, 60, 240, 1_440].map((minutes) => minutes * MINUTE)
const DEFAULT_ANSWER_MS = 60 * MINUTE

/** Everything that is asked for, and beside it what the person will see. Nothing is sent before "Ask the person". */
export function AskDialog({
  ticket,
  draft,
  onClose,
}: {
  readonly ticket: TicketView
  readonly draft: AskDraft
  readonly onClose: () => void
}) {
  const { data: device, error } = useDevice(draft.deviceId)
  const { data: settings, isPending } = useSettings()
  const appointments = useOpenAppointments(ticket.id)
  return (
    <Dialog open onClose={onClose} title={`Ask the person at ${device?.name ?? 'the device'}`} wide>
      <Problem error={error} />
      {device === undefined || isPending || appointments === null ? (
        <Loading />
      ) : (
        <AskForm
          ticket={ticket}
          draft={draft}
          catalogue={device.catalogue ?? []}
          appointments={appointments}
          personalData={settings?.personalData ?? 'pseudonymise'}
          most={mostOf(settings)}
          isOnline={device.online}
          onClose={onClose}
        />
      )}
    </Dialog>
  )
}

/** Longest times that the settings allow. */
interface Most {
  readonly durationMs: number
  readonly answerWithinMs: number
}

function mostOf(settings: SettingsView | undefined): Most {
  // Without the settings the server says what is too long.
  if (settings === undefined) return { durationMs: LIMITS.maxGrantMs, answerWithinMs: LIMITS.maxAnswerMs }
  const { maxPermissionMinutes, maxAnswerMinutes } = settings
  return { durationMs: maxPermissionMinutes * MINUTE, answerWithinMs: maxAnswerMinutes * MINUTE }
}

/** The choices within a limit, and the limit itself. */
function upTo(choices: readonly number[], limit: number): readonly number[] {
  return [...choices.filter((ms) => ms < limit), limit]
}

interface FormProps {
  readonly ticket: TicketView
  readonly draft: AskDraft
  readonly catalogue: readonly CatalogueEntry[]
  readonly appointments: readonly AppointmentView[]
  readonly personalData: Asking['personalData']
  readonly most: Most
  readonly isOnline: boolean
  readonly onClose: () => void
}

function AskForm({ ticket, draft, catalogue, appointments, personalData, most, isOnline, onClose }: FormProps) {
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<Chosen>(() => offeredOnly(draft, catalogue))
  const [rest, setRest] = useState({
    purpose: draft.purpose,
    durationMs: Math.min(draft.durationMs, most.durationMs),
    answerWithinMs: Math.min(DEFAULT_ANSWER_MS, most.answerWithinMs),
    personalData,
    runsAtOnce: true,
    appointmentId: appointments.find(({ id }) => id === draft.appointmentId)?.id ?? '',
  })
  // In the order of the catalogue, which is the order in which the person sees them.
  const collectors = catalogue.flatMap(({ id }) => {
    const params = chosen[id]
    return params === undefined ? [] : [{ id, params }]
  })
  const asking = askingOf({ deviceId: draft.deviceId, collectors }, rest)
  const ask = useMutation({
    mutationFn: () => apiSend<RequestView>('POST', `/api/tickets/${ticket.id}/consent-requests`, asking),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: requestsKey(ticket.id) })
      onClose()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    ask.mutate()
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <div className={styles.columns}>
        <div className={styles.choices}>
          <TextArea
            label="Purpose"
            hint="In plain words; the person reads exactly this."
            rows={3}
            maxLength={1_000}
            required
            value={rest.purpose}
            // One line, as the person sees it.
            onChange={({ target }) => setRest({ ...rest, purpose: target.value.replaceAll(/\s/g, ' ') })}
          />
          <CollectorChoice catalogue={catalogue} chosen={chosen} onChange={setChosen} />
          <Terms
            appointments={appointments}
            rest={rest}
            most={most}
            onChange={(change) => setRest({ ...rest, ...change })}
          />
        </div>
        <WhatTheySee ticketId={ticket.id} asking={asking} />
      </div>
      {isOnline ? null : (
        <Notice tone="warn">
          The device is offline. The request waits here and arrives when the device connects, if that is in time.
        </Notice>
      )}
      <Problem error={ask.error} />
      <div className={styles.actions}>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            look="primary"
            disabled={ask.isPending || collectors.length === 0 || asking.purpose === ''}
          >
            Ask the person
          </Button>
        </DialogActions>
      </div>
    </form>
  )
}

/** What a draft names and the device offers. */
function offeredOnly(draft: AskDraft, catalogue: readonly CatalogueEntry[]): Chosen {
  const offered = draft.collectors.filter(({ id }) => catalogue.some((entry) => entry.id === id && entry.available))
  return Object.fromEntries(offered.map(({ id, params }) => [id, params]))
}

interface Rest extends Most {
  readonly personalData: Asking['personalData']
  readonly runsAtOnce: boolean
  /** Of the appointment for whose times alone it is asked; empty: from the answer on. */
  readonly appointmentId: string
}

/** A permission for an appointment lasts as long as that, and is read when the technician says so; any other says how long. */
function askingOf(
  what: Pick<Asking, 'deviceId' | 'collectors'>,
  { purpose, appointmentId, durationMs, runsAtOnce, ...rest }: Rest & Pick<Asking, 'purpose'>,
): Asking {
  const when = appointmentId === '' ? { durationMs, runsAtOnce } : { appointmentId }
  return { ...what, ...rest, ...when, purpose: purpose.trim() }
}

function Terms({
  appointments,
  rest,
  most,
  onChange,
}: {
  readonly appointments: readonly AppointmentView[]
  readonly rest: Rest
  readonly most: Most
  readonly onChange: (change: Partial<Rest>) => void
}) {
  return (
    <div className={styles.terms}>
      <WhenField
        appointments={appointments}
        value={rest.appointmentId}
        onChange={(appointmentId) => onChange({ appointmentId })}
      />
      {rest.appointmentId === '' ? (
        <TimeField
          label="Permission lasts"
          value={rest.durationMs}
          choices={upTo(DURATIONS, most.durationMs)}
          onChange={(durationMs) => onChange({ durationMs })}
        />
      ) : null}
      <TimeField
        label="Waits for an answer"
        value={rest.answerWithinMs}
        choices={upTo(ANSWER_TIMES, most.answerWithinMs)}
        onChange={(answerWithinMs) => onChange({ answerWithinMs })}
      />
      <SelectField
        label="Names and addresses"
        value={rest.personalData}
        onChange={({ target }) => onChange({ personalData: target.value === 'keep' ? 'keep' : 'pseudonymise' })}
      >
        <option value="pseudonymise">Replaced on the device</option>
        <option value="keep">Sent as they are</option>
      </SelectField>
      {rest.appointmentId === '' ? (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={rest.runsAtOnce}
            onChange={({ target }) => onChange({ runsAtOnce: target.checked })}
          />
          Read it as soon as it is allowed
        </label>
      ) : null}
    </div>
  )
}

/** What is agreed and not over; null until it is known. */
function useOpenAppointments(ticketId: string): readonly AppointmentView[] | null {
  const now = useNow(30_000)
  const { data, isError } = useAsked(ticketId)
  // Where it cannot be read, asking from the answer on still works.
  if (data === undefined) return isError ? [] : null
  return data.appointments.filter(({ state, until }) => state === 'agreed' && Date.parse(until) > now)
}

/** From the answer on, or ahead for one of the agreed times; nothing to choose where none was agreed. */
function WhenField({
  appointments,
  value,
  onChange,
}: {
  readonly appointments: readonly AppointmentView[]
  readonly value: string
  readonly onChange: (appointmentId: string) => void
}) {
  if (appointments.length === 0 && value === '') return null
  return (
    <SelectField label="Permission counts" value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">From the answer on</option>
      {appointments.map((appointment) => (
        <option key={appointment.id} value={appointment.id}>
          Only {spanText(appointment)}
        </option>
      ))}
    </SelectField>
  )
}

function TimeField({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string
  readonly value: number
  readonly choices: readonly number[]
  readonly onChange: (ms: number) => void
}) {
  return (
    <SelectField label={label} value={String(value)} onChange={({ target }) => onChange(Number(target.value))}>
      {[...new Set([...choices, value])]
        .sort((one, other) => one - other)
        .map((ms) => (
          <option key={ms} value={String(ms)}>
            {lengthText(ms)}
          </option>
        ))}
    </SelectField>
  )
}
