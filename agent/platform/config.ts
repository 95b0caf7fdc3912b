/** Where Windows lives when its own environment does not say so in the expected form. */
const DEFAULT_SYSTEM_ROOT = 'C:\\Windows'

/**
 * The folder of Windows itself, e.g. `C:\Windows`: the one value that is taken from the environment, because programs
 * there do not start without it. Anything that is not a plain folder on a drive is ignored.
 */
export function systemRoot(): string {
  const value = process.env.SystemRoot ?? ''
  return /^[A-Za-z]:\\[A-Za-z0-9_. -]{1,64}$/.test(value) ? value : DEFAULT_SYSTEM_ROOT
}
