import { useMemo, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Loading } from '../../ui/loading.tsx'
import { Empty, Problem } from '../../ui/notice.tsx'
import styles from './cards.module.css'
import type { FactSection } from './device-facts.ts'
import { factText, sectionsOf, sectionText, summaryOf } from './device-facts.ts'
import { Facts } from './facts.tsx'
import { hasWords, LocalSearch } from './local-grid.tsx'
import pageStyles from './run-page.module.css'
import type { ViewProps } from './run-page.tsx'
import { useAllRows } from './use-run.ts'
import { emptyText, fieldTitle, textField } from './words.ts'

/** Parts of a section drawn at first, and more with each press. */
const STEP = 60
/** What a technician reads first stands open, unless there is much of it. */
const OPEN_AT_FIRST: ReadonlySet<string> = new Set([
  'system',
  'operatingSystem',
  'processor',
  'memory',
  'storage',
  'power',
  'security',
])
/** A search opens what it finds, unless it finds too much. */
const MOST_OPENED = 400

/** What the machine is made of, as a report that people can read, search and copy. */
export function DevicesFactsView({ run }: ViewProps) {
  const { rows, isDone, error } = useAllRows(run)
  const [typed, setTyped] = useState('')
  const [said, setSaid] = useState('')
  const found = useMemo(() => rows.filter((row) => hasWords(row, typed)), [rows, typed])
  const sections = useMemo(() => sectionsOf(found), [found])
  if (!isDone && rows.length === 0) return <Loading what="Loading facts" />
  const copy = async (text: string, what: string) => {
    try {
      await navigator.clipboard.writeText(text)
      setSaid(`Copied: ${what}.`)
    } catch {
      setSaid('This browser did not allow copying. Select the text instead.')
    }
  }
  return (
    <>
      <div className={pageStyles.filters}>
        <LocalSearch label="Search in the facts" text={typed} onText={setTyped} />
        <span className={styles.count}>
          {found.length.toLocaleString('en')} of {rows.length.toLocaleString('en')} facts
        </span>
        <Button small onClick={() => void copy(sections.map(sectionText).join('\n\n'), 'the report')}>
          Copy report
        </Button>
        <span className={styles.count} role="status">
          {said}
        </span>
      </div>
      <Problem error={error} />
      {typed === '' ? <Summary facts={summaryOf(rows)} /> : null}
      {found.length === 0 ? <Empty title="No facts">{emptyText(run, typed !== '')}</Empty> : null}
      <div className={styles.report}>
        {sections.map((section) => (
          <Section
            key={section.id}
            section={section}
            isFound={typed !== '' && found.length <= MOST_OPENED}
            onCopy={() => void copy(sectionText(section), section.title)}
          />
        ))}
      </div>
    </>
  )
}

function Summary({ facts }: { readonly facts: readonly (readonly [string, string])[] }) {
  if (facts.length === 0) return null
  return (
    <dl className={styles.summary}>
      {facts.map(([title, text]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  )
}

function Section(props: { readonly section: FactSection; readonly isFound: boolean; readonly onCopy: () => void }) {
  const { id, title, count, groups } = props.section
  const [isOpened, setOpened] = useState(OPEN_AT_FIRST.has(id) && count <= STEP)
  const [most, setMost] = useState(STEP)
  const isOpen = isOpened || props.isFound
  return (
    <details className={styles.section} open={isOpen} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>
        <h2>{title}</h2> <span className={styles.count}>{count.toLocaleString('en')}</span>
      </summary>
      {isOpen ? (
        <div>
          <p>
            <Button small onClick={props.onCopy}>
              Copy {title.toLowerCase()}
            </Button>
          </p>
          <div className={styles.columns}>
            {groups.slice(0, most).map(({ item, facts }) => (
              <section key={item}>
                {item === '' ? null : <h3 className={styles.item}>{item}</h3>}
                <Facts facts={facts.map(({ row }) => [fieldTitle(textField(row, 'name')), factText(row)])} />
              </section>
            ))}
          </div>
          {groups.length > most ? (
            <Button small onClick={() => setMost(most + STEP)}>
              Show more of {groups.length.toLocaleString('en')} parts
            </Button>
          ) : null}
        </div>
      ) : null}
    </details>
  )
}
