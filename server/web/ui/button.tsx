import type { ComponentProps } from 'react'
import styles from './button.module.css'

interface ButtonLook {
  /** `primary` once a view; `danger` for what cannot be taken back. */
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet'
  readonly small?: boolean
}

export function buttonClass({ look = 'plain', small = false }: ButtonLook, more = ''): string {
  return [styles.button, look === 'plain' ? '' : styles[look], small ? styles.small : '', more].join(' ').trim()
}

/** A button; `type="button"` unless said otherwise, so that none submits a form by accident. */
export function Button({ look, small, className, ...rest }: ComponentProps<'button'> & ButtonLook) {
  const shape = { ...(look === undefined ? {} : { look }), ...(small === undefined ? {} : { small }) }
  return <button type="button" {...rest} className={buttonClass(shape, className)} />
}
