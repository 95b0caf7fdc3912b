import { useId } from 'react'
import type { PriorityMatrixView } from '../../api/desk.ts'
import type { Grade } from '../../api/types.ts'
import { GRADES } from '../../api/types.ts'
import { IMPACT_WORDS, PRIORITY_NUMBERS, URGENCY_WORDS } from '../../ui/words.tsx'
import styles from './matrix-table.module.css'

/** A cell that is less urgent than it must be, in one sentence. */
export interface MatrixProblemView {
  readonly impact: Grade
  readonly urgency: Grade
  readonly text: string
}

/** A select for each impact and urgency; cells that are out of order are marked, and the sentences stand below. */
export function MatrixTable({
  matrix,
  problems,
  onChange,
}: {
  readonly matrix: PriorityMatrixView
  readonly problems: readonly MatrixProblemView[]
  readonly onChange: (matrix: PriorityMatrixView) => void
}) {
  const id = useId()
  const put = (impact: Grade, urgency: Grade, priority: number) =>
    onChange({ ...matrix, [impact]: { ...matrix[impact], [urgency]: priority } })
  return (
    <>
      <table className={styles.table} aria-labelledby="matrix-heading">
        <thead>
          <tr>
            <td rowSpan={2}>Impact</td>
            <th colSpan={GRADES.length} scope="colgroup">
              Urgency
            </th>
          </tr>
          <tr>
            {GRADES.map((urgency) => (
              <th key={urgency} scope="col">
                {URGENCY_WORDS[urgency]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {GRADES.map((impact) => (
            <tr key={impact}>
              <th scope="row">{IMPACT_WORDS[impact]}</th>
              {GRADES.map((urgency) => (
                <td key={urgency}>
                  <Cell
                    name={`Impact ${impact}, urgency ${urgency}`}
                    priority={matrix[impact][urgency]}
                    problemIds={problems.flatMap((problem, at) =>
                      problem.impact === impact && problem.urgency === urgency ? [`${id}-${at}`] : [],
                    )}
                    onChange={(priority) => put(impact, urgency, priority)}
                  />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <ul className={styles.problems} aria-live="polite">
        {problems.map(({ text }, at) => (
          <li key={text} id={`${id}-${at}`}>
            {text}
          </li>
        ))}
      </ul>
    </>
  )
}

function Cell({
  name,
  priority,
  problemIds,
  onChange,
}: {
  readonly name: string
  readonly priority: number
  readonly problemIds: readonly string[]
  readonly onChange: (priority: number) => void
}) {
  const wrong = problemIds.length === 0 ? {} : { 'aria-invalid': true, 'aria-describedby': problemIds.join(' ') }
  return (
    <select
      className={styles.select}
      aria-label={name}
      value={priority}
      onChange={({ target }) => onChange(Number(target.value))}
      {...wrong}
    >
      {PRIORITY_NUMBERS.map((number) => (
        <option key={number} value={number}>
          P{number}
        </option>
      ))}
    </select>
  )
}
