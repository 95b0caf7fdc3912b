import { useEffect, useRef, useState } from 'react'

const KEY = 'askfirst-single-keys'

/** Whether keys without Ctrl or Cmd do something; people who speak to their computer switch them off (WCAG 2.1.4). */
function singleKeysOn(): boolean {
  return localStorage.getItem(KEY) !== 'off'
}

export function useSingleKeys(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(singleKeysOn)
  const choose = (chosen: boolean) => {
    if (chosen) localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, 'off')
    setOn(chosen)
  }
  return [on, choose]
}

/** Calls what belongs to a key while nothing is being typed and no dialog is open. */
export function useShortcuts(shortcuts: Readonly<Record<string, () => void>>): void {
  const newest = useRef(shortcuts)
  newest.current = shortcuts
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !singleKeysOn()) return
      if (isTyping(event.target) || document.querySelector('[role="dialog"]') !== null) return
      const action = newest.current[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [])
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable="true"]') !== null
}
