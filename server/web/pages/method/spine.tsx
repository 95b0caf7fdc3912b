import { Circle, CircleCheck, CircleDashed } from 'lucide-react'
import type { StepView } from '../../api/method.ts'
import styles from './spine.module.css'
import { METHOD_PANEL } from './step-panel.tsx'
import { STATE_WORDS, STEP_WORDS } from './step-words.ts'
import type { OpenStep } from './use-open-step.ts'

const ICONS = { empty: Circle, content: CircleCheck, skipped: CircleDashed } as const

/** The six steps of the method, one line each; a line opens the step's form. */
export function Spine({ opened }: { readonly opened: OpenStep }) {
  const { method, step, open } = opened
  if (method === undefined) return null
  return (
    <nav aria-label="Steps">
      <ol className={styles.spine}>
        {method.steps.map((each) => (
          <Line
            key={each.step}
            step={each}
            isOpen={each.step === step}
            onOpen={() => open(each.step === step ? null : each.step)}
          />
        ))}
      </ol>
    </nav>
  )
}

function Line({
  step,
  isOpen,
  onOpen,
}: {
  readonly step: StepView
  readonly isOpen: boolean
  readonly onOpen: () => void
}) {
  const Icon = ICONS[step.state]
  return (
    <li>
      <button
        type="button"
        className={styles.line}
        data-state={step.state}
        aria-expanded={isOpen}
        {...(isOpen ? { 'aria-controls': METHOD_PANEL } : {})}
        onClick={onOpen}
      >
        <Icon aria-hidden="true" size={16} />
        <span>{STEP_WORDS[step.step].title}</span>
        <span className={styles.state}>{STATE_WORDS[step.state]}</span>
      </button>
    </li>
  )
}
