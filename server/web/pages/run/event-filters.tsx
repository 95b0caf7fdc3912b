import { useId } from 'react'
import type { FacetsAnswer } from '../../api/runs.ts'
import { Button } from '../../ui/button.tsx'
import { LEVELS } from './event-level.tsx'
import { SearchField, TimeField } from './filter-parts.tsx'
import styles from './run-page.module.css'
import type { RunQuery } from './run-page.tsx'

/** What narrows the events: words, levels, source, kind, time. */
export function EventFilters({
  query,
  facets,
}: {
  readonly query: RunQuery
  readonly facets: FacetsAnswer | undefined
}) {
  const { filter, change } = query
  const hasAny = Object.keys(filter).length > 0
  return (
    <search className={styles.filters} aria-label="Events">
      <SearchField query={query} label="Search in the events" />
      <LevelPills query={query} facets={facets} />
      <SourceChoice query={query} facets={facets} />
      <KindChoice query={query} facets={facets} />
      <TimeField label="From" at={filter.from} onChange={(from) => change({ from, around: null })} />
      <TimeField label="To" at={filter.to} onChange={(to) => change({ to, around: null })} />
      {hasAny ? (
        <Button
          small
          look="quiet"
          onClick={() =>
            change({ q: null, level: null, provider: null, event: null, from: null, to: null, around: null })
          }
        >
          Clear all
        </Button>
      ) : null}
    </search>
  )
}

function LevelPills({ query, facets }: { readonly query: RunQuery; readonly facets: FacetsAnswer | undefined }) {
  const chosen = new Set((query.filter.level ?? '').split(',').filter((level) => level !== ''))
  const toggle = (level: string) => {
    const next = new Set(chosen)
    if (!next.delete(level)) next.add(level)
    query.change({ level: next.size === 0 ? null : [...next].join(','), around: null })
  }
  return (
    <fieldset className={styles.pills} aria-label="Levels">
      {Object.entries(LEVELS).map(([level, { word, Icon, tone }]) => (
        <button key={level} type="button" aria-pressed={chosen.has(level)} onClick={() => toggle(level)}>
          <Icon aria-hidden="true" size={14} className={styles[tone]} />
          {word}
          <span>{countOf(facets, level)}</span>
        </button>
      ))}
    </fieldset>
  )
}

function countOf(facets: FacetsAnswer | undefined, level: string): string {
  if (facets === undefined) return ''
  return (facets.levels.find(({ value }) => value === level)?.count ?? 0).toLocaleString('en')
}

function SourceChoice({ query, facets }: { readonly query: RunQuery; readonly facets: FacetsAnswer | undefined }) {
  const id = useId()
  const odd = query.filter.where?.find((condition) => condition.startsWith('provider:eq:'))
  const chosen = query.filter.provider ?? odd?.slice('provider:eq:'.length) ?? ''
  const counted = facets?.providers ?? []
  const known = counted.flatMap(({ value, count }) => (value === null || value === '' ? [] : [{ value, count }]))
  return (
    <div className={styles.inline}>
      <label htmlFor={id}>Source</label>
      <select
        id={id}
        value={chosen}
        onChange={({ target }) => query.change({ provider: target.value === '' ? null : target.value, around: null })}
      >
        <option value="">All</option>
        {chosen !== '' && !known.some(({ value }) => value === chosen) ? (
          <option value={chosen}>{chosen}</option>
        ) : null}
        {known.map(({ value, count }) => (
          <option key={value} value={value}>
            {value} ({count.toLocaleString('en')})
          </option>
        ))}
      </select>
    </div>
  )
}

/** The id of an event; what occurs most often is offered. */
function KindChoice({ query, facets }: { readonly query: RunQuery; readonly facets: FacetsAnswer | undefined }) {
  const id = useId()
  const condition = query.filter.where?.find((text) => /^(?:eventId|messageId):eq:/.test(text))
  const chosen = condition?.slice(condition.indexOf(':eq:') + 4) ?? ''
  return (
    <div className={styles.inline}>
      <label htmlFor={id}>Event id</label>
      <input
        key={chosen}
        id={id}
        list={`${id}-kinds`}
        defaultValue={chosen}
        size={8}
        maxLength={32}
        onBlur={({ target }) =>
          target.value.trim() !== chosen && query.change({ event: target.value.trim(), around: null })
        }
        onKeyDown={({ key, currentTarget }) =>
          key === 'Enter' ? query.change({ event: currentTarget.value.trim(), around: null }) : undefined
        }
      />
      <datalist id={`${id}-kinds`}>
        {[...new Map((facets?.kinds ?? []).map((kind) => [kind.id, kind])).values()].map((kind) => (
          <option key={kind.id} value={kind.id}>
            {kind.provider} ({kind.count.toLocaleString('en')})
          </option>
        ))}
      </datalist>
    </div>
  )
}
