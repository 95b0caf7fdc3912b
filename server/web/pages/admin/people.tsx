import { useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { useState } from 'react'
import { apiGet } from '../../api/client.ts'
import type { ErasureOutcome, FoundPerson, PersonKey } from '../../api/person-data.ts'
import { keyName } from '../../api/person-data.ts'
import { PageTitle } from '../../shell/page-title.tsx'
import { Button } from '../../ui/button.tsx'
import type { Column } from '../../ui/data-table.tsx'
import { DataTable } from '../../ui/data-table.tsx'
import { TextField } from '../../ui/field.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Notice, Problem } from '../../ui/notice.tsx'
import { Ago } from '../../ui/time.tsx'
import styles from '../desk.module.css'
import { ErasedNotice } from './erased-notice.tsx'
import { KeptData } from './kept-data.tsx'

/** A person may be known by so many addresses and accounts. */
const MOST_KEYS = 20

/** What is kept on people outside the desk: found, handed out, erased. */
export function People() {
  const [q, setQ] = useState('')
  const [chosen, setChosen] = useState<readonly PersonKey[]>([])
  const [erased, setErased] = useState<ErasureOutcome | null>(null)
  const search = (words: string) => {
    setQ(words)
    setChosen([])
    setErased(null)
  }
  const done = (outcome: ErasureOutcome) => {
    search('')
    setErased(outcome)
  }
  return (
    <>
      <PageTitle title="People’s data" />
      <div className={styles.stack}>
        <SearchForm onSearch={search} />
        {erased === null ? null : <ErasedNotice outcome={erased} />}
        {q === '' ? null : <FoundPeople q={q} chosen={chosen} onChoose={setChosen} />}
        {chosen.length === 0 ? null : <KeptData person={chosen} onErased={done} />}
      </div>
    </>
  )
}

function SearchForm({ onSearch }: { readonly onSearch: (words: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSearch(String(new FormData(event.currentTarget).get('q')).trim())
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a search is a form, and <search> is not known to all browsers
    <form className={styles.filters} role="search" aria-label="People" onSubmit={submit}>
      <TextField label="Name, address or account" name="q" required maxLength={200} autoComplete="off" />
      <div className={styles.row}>
        <Button type="submit">Find</Button>
      </div>
    </form>
  )
}

function FoundPeople({
  q,
  chosen,
  onChoose,
}: {
  readonly q: string
  readonly chosen: readonly PersonKey[]
  readonly onChoose: (keys: readonly PersonKey[]) => void
}) {
  const list = useQuery({
    queryKey: ['person-data', 'found', q],
    queryFn: ({ signal }) =>
      apiGet<{ readonly items: readonly FoundPerson[] }>('/api/people', { q, limit: 50 }, signal),
  })
  if (list.isPending) return <Loading />
  if (list.data === undefined) return <Problem error={list.error} />
  const { items } = list.data
  if (items.length === 0) return <Empty title="Nobody is found">Try a part of the name, or the mail address.</Empty>
  const isChosen = (key: PersonKey) => chosen.some((one) => idOf(one) === idOf(key))
  const choose = (key: PersonKey) =>
    onChoose(isChosen(key) ? chosen.filter((one) => idOf(one) !== idOf(key)) : [...chosen, key])
  return (
    <section className={styles.stack} aria-labelledby="found-heading">
      <h2 id="found-heading">Found</h2>
      <Notice>Tick all that are one and the same person. Two people can have the same name.</Notice>
      <DataTable
        label="Found"
        columns={columns({ isChosen, choose, isFull: chosen.length >= MOST_KEYS })}
        rows={items}
        keyOf={({ key }) => idOf(key)}
      />
    </section>
  )
}

function columns({
  isChosen,
  choose,
  isFull,
}: {
  readonly isChosen: (key: PersonKey) => boolean
  readonly choose: (key: PersonKey) => void
  readonly isFull: boolean
}): readonly Column<FoundPerson>[] {
  return [
    {
      head: 'Person',
      cell: ({ key, deviceName }) => (
        <label className={styles.check}>
          <input
            type="checkbox"
            checked={isChosen(key)}
            disabled={isFull && !isChosen(key)}
            onChange={() => choose(key)}
          />
          <span className={styles.name}>
            {keyName(key)}
            {deviceName === null ? null : <span className={styles.sub}>account on {deviceName}</span>}
          </span>
        </label>
      ),
    },
    { head: 'Names', cell: ({ names }) => <span className={styles.name}>{names.join(', ')}</span> },
    { head: 'Tickets', cell: ({ tickets }) => tickets },
    { head: 'Last change', cell: ({ lastAt }) => <Ago at={lastAt} /> },
  ]
}

function idOf(key: PersonKey): string {
  return JSON.stringify(key)
}
