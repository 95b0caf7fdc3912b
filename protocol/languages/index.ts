/** The languages that there are words in; a new one is one file in this folder and one line here. */
export { de } from './de.ts'
export { en } from './en.ts'
