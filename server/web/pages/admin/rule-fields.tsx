import type { EscalationRuleView, ServiceLevelView } from '../../api/desk.ts'
import styles from './service-level.module.css'

type Rules = ServiceLevelView['rules']

const TRIGGERS: readonly (readonly [trigger: string, words: string, isClock: boolean])[] = [
  ['level-limit', 'The time at the level is over', true],
  ['resolution-breach', 'The time for a solution is over', true],
  ['lacks-privilege', 'Its owner lacks rights', false],
  ['lacks-expertise', 'Its owner lacks knowledge', false],
  ['persistent', 'The problem comes back', false],
  ['complaint', 'The person complained', false],
  ['outage', 'Many people are hit', false],
]

/** What follows from each trigger at each level. */
export function RuleFields({ rules, onChange }: { readonly rules: Rules; readonly onChange: (rules: Rules) => void }) {
  return (
    <>
      <h3>Escalation</h3>
      <p className={styles.soft}>
        At the end of a time the rule is carried out by itself; for what people name it is what their form proposes. The
        owner of a ticket stays until somebody accepts it, unless a rule takes it away.
      </p>
      {TRIGGERS.map(([trigger, words, isClock]) => (
        <fieldset className={styles.rule} key={trigger}>
          <legend>{words}</legend>
          <div className={styles.levels}>
            {(rules[trigger] ?? []).map((rule, at) => (
              <RuleCell
                // biome-ignore lint/suspicious/noArrayIndexKey: there is one rule for each level, always
                key={at}
                name={`${words}, level ${at + 1}`}
                level={at + 1}
                {...{ rule, isClock }}
                onChange={(changed) =>
                  onChange({
                    ...rules,
                    [trigger]: (rules[trigger] ?? []).map((one, place) => (place === at ? changed : one)),
                  })
                }
              />
            ))}
          </div>
        </fieldset>
      ))}
    </>
  )
}

function RuleCell({
  name,
  level,
  rule,
  isClock,
  onChange,
}: {
  readonly name: string
  readonly level: number
  readonly rule: EscalationRuleView
  readonly isClock: boolean
  readonly onChange: (rule: EscalationRuleView) => void
}) {
  const levels = [2, 3].filter((to) => to > level)
  return (
    <div className={styles.cell}>
      <span className={styles.soft}>At level {level}</span>
      {levels.length === 0 ? (
        <span>it stays at level 3</span>
      ) : (
        <select
          className={styles.input}
          aria-label={name}
          value={rule.toLevel ?? ''}
          onChange={({ target }) => onChange({ ...rule, toLevel: target.value === '' ? null : Number(target.value) })}
        >
          <option value="">stays</option>
          {levels.map((to) => (
            <option key={to} value={to}>
              to level {to}
            </option>
          ))}
        </select>
      )}
      <label className={styles.check}>
        <input
          type="checkbox"
          aria-label={`${name}: alert the leads`}
          checked={rule.tellLeads}
          onChange={({ target }) => onChange({ ...rule, tellLeads: target.checked })}
        />
        alert the leads
      </label>
      {isClock ? (
        <label className={styles.check}>
          <input
            type="checkbox"
            aria-label={`${name}: take it from its owner`}
            checked={rule.unassign}
            onChange={({ target }) => onChange({ ...rule, unassign: target.checked })}
          />
          take it from its owner
        </label>
      ) : null}
    </div>
  )
}
