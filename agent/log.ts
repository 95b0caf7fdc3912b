/** Levels of pino, so that one tool reads the logs of both programs. */
const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const
export type LogLevel = keyof typeof LEVELS

type Fields = Readonly<Record<string, unknown>>
type LogCall = (fields: Fields, message: string) => void

/**
 * Writes JSON lines in pino's form, with its call shape. Only ids, counts, codes and states go in here: never collected
 * rows, never what a person wrote, never secrets.
 */
export interface AgentLog {
  readonly debug: LogCall
  readonly info: LogCall
  readonly warn: LogCall
  readonly error: LogCall
}

/**
 * Makes a log.
 *
 * @param level the lowest level that is written
 * @param write takes one line with its line break; absent: standard error
 */
export function createLog(
  level: LogLevel,
  write: (line: string) => void = (line) => process.stderr.write(line),
): AgentLog {
  const at = (of: LogLevel): LogCall => {
    if (LEVELS[of] < LEVELS[level]) return () => undefined
    return (fields, message) =>
      write(
        `${escaped(JSON.stringify({ level: LEVELS[of], time: Date.now(), pid: process.pid, ...plain(fields), msg: message }))}\n`,
      )
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** JSON leaves marks in place that a terminal would follow: further control characters, and those that turn the direction. */
function escaped(json: string): string {
  return json.replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Errors become their name, code and message; their other members could hold anything. */
function plain(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? plainError(value) : value]),
  )
}

function plainError(error: Error): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    ...(error.cause instanceof Error ? { cause: plainError(error.cause) } : {}),
    stack: error.stack,
  }
}
