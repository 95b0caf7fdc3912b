import type { NoticeSection } from '@askfirst/protocol/notice/notice.ts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { apiSend } from '../../api/client.ts'
import type { AskedCollector } from '../../api/consent.ts'
import { Notice, Problem } from '../../ui/notice.tsx'
import styles from './what-they-see.module.css'

/** What is about to be asked. */
export interface Asking {
  readonly deviceId: string
  readonly purpose: string
  readonly collectors: readonly AskedCollector[]
  /** How long from the answer on; with an appointment it lasts as long as that. */
  readonly durationMs?: number
  readonly appointmentId?: string
  readonly answerWithinMs: number
  readonly personalData: 'keep' | 'pseudonymise'
  /** What the person allows is ordered as soon as they do; not with an appointment. */
  readonly runsAtOnce?: boolean
}

interface OfferedLanguage {
  readonly code: string
  readonly name: string
  readonly direction: 'ltr' | 'rtl'
}

interface Preview {
  readonly languages: readonly OfferedLanguage[]
  readonly title: string
  readonly sections: readonly NoticeSection[]
  readonly problems: readonly { readonly code: string; readonly detail: string }[]
}

/** In which the preview tells the times of an appointment; the person sees those of their own computer. */
const ZONE = encodeURIComponent(new Intl.DateTimeFormat().resolvedOptions().timeZone)
/** How long typing may pause before the notice is made anew, in ms. */
const PAUSE_MS = 300
/** Until the first preview says which others there are. */
const ENGLISH: OfferedLanguage = { code: 'en', name: 'English', direction: 'ltr' }

/** A value that follows another one when it has not changed for a while. */
function useSettled<Value>(value: Value, pauseMs: number): Value {
  const [settled, setSettled] = useState(value)
  const key = JSON.stringify(value)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(JSON.parse(key) as Value), pauseMs) // Made of the same value.
    return () => clearTimeout(timer)
  }, [key, pauseMs])
  return settled
}

/**
 * What the person at the machine reads before they answer, made by the same code as on the device and in the words that
 * the device announced. The agent shows its own words; the server cannot change them.
 */
export function WhatTheySee({ ticketId, asking }: { readonly ticketId: string; readonly asking: Asking }) {
  const [language, setLanguage] = useState<string>('en')
  const asked = useSettled(asking, PAUSE_MS)
  const isWhole = asked.purpose !== '' && asked.collectors.length > 0
  const { data, error } = useQuery({
    queryKey: ['preview', ticketId, language, asked],
    queryFn: () =>
      apiSend<Preview>(
        'POST',
        `/api/tickets/${ticketId}/consent-requests/preview?language=${language}&timeZone=${ZONE}`,
        asked,
      ),
    enabled: isWhole,
    placeholderData: keepPreviousData,
  })
  const offered = data?.languages ?? [ENGLISH]
  return (
    <section className={styles.preview} aria-label="What the person will see">
      <div className={styles.head}>
        <h3>What the person will see</h3>
        <label>
          <span className="visually-hidden">Language of the preview</span>
          <select className={styles.language} value={language} onChange={({ target }) => setLanguage(target.value)}>
            {offered.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      {isWhole ? null : (
        <p className={styles.soft}>Write a purpose and choose what to read; then the notice appears here.</p>
      )}
      <Problem error={isWhole ? error : null} />
      {isWhole && data !== undefined ? (
        <NoticePreview preview={data} language={offered.find(({ code }) => code === language) ?? ENGLISH} />
      ) : null}
    </section>
  )
}

function NoticePreview({ preview, language }: { readonly preview: Preview; readonly language: OfferedLanguage }) {
  return (
    <>
      {preview.problems.map(({ code, detail }) => (
        <Notice key={`${code} ${detail}`} tone="warn">
          {detail}
        </Notice>
      ))}
      <div className={styles.notice} lang={language.code} dir={language.direction}>
        <p>
          <strong>{preview.title}</strong>
        </p>
        {preview.sections.map((section) => (
          <PreviewSection key={section.id} section={section} />
        ))}
      </div>
      <p className={styles.soft}>
        The match code is made when you send the request. The person sees the notice in the language of their computer.
      </p>
    </>
  )
}

function PreviewSection({ section }: { readonly section: NoticeSection }) {
  return (
    <div>
      {section.heading === '' ? null : <h4 className={styles.heading}>{section.heading}</h4>}
      {section.lines.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {section.items.length === 0 ? null : (
        <ul className={styles.list}>
          {section.items.map((item) => (
            <li key={item.collector}>
              <strong>{item.title}</strong>
              <p>{item.reads}</p>
              <p className={styles.soft}>{item.notRead}</p>
              {item.parameters.map((line) => (
                <p key={line}>{line}</p>
              ))}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
