import { useId, useState } from 'react'
import type { Theme } from './theme.ts'
import { chooseTheme, storedTheme } from './theme.ts'
import styles from './theme-choice.module.css'

/** Light, dark, or as the system says. */
export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme)
  const id = useId()
  const choose = (chosen: Theme) => {
    chooseTheme(chosen)
    setTheme(chosen)
  }
  return (
    <div>
      <label className="visually-hidden" htmlFor={id}>
        Colours
      </label>
      <select
        className={styles.choice}
        id={id}
        value={theme}
        // The options below are the themes.
        onChange={({ target }) => choose(target.value as Theme)}
      >
        <option value="system">As the system</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </div>
  )
}
