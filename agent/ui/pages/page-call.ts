import type { RequestId } from '@askfirst/protocol/ids.ts'
import type { AgentCaller } from '../agent-caller.ts'
import type { AgentRecord } from '../agent-record.ts'
import type { ReadExample } from '../example-row.ts'
import type { PageContext } from '../layout.ts'
import type { PageAnswer, PageRequest } from '../page-server.ts'
import type { FormCheck, PageSessions } from '../page-sessions.ts'
import type { PictureTool } from '../picture/picture-desk.ts'

/** What the pages stand on. */
export interface PageDeps {
  readonly agent: AgentCaller
  readonly record: AgentRecord
  readonly sessions: PageSessions
  readonly readExample: ReadExample
  readonly pictures: PictureTool
  /** The person wants to be asked again later. */
  readonly remindLater: (requestId: RequestId) => void
  /** For whoever reads the log; the person is told in words of their language. */
  readonly onProblem: (problem: string, error?: unknown) => void
}

/** One request for one page. */
export interface PageCall {
  readonly deps: PageDeps
  readonly context: PageContext
  readonly request: PageRequest
  /** What the groups of the route's path matched. */
  readonly parts: readonly string[]
}

/** One page, or one answer of a page. The list of all stands in routes.ts. */
export interface PageRoute {
  readonly method: 'GET' | 'POST'
  readonly path: RegExp
  /** The page whose form an answer comes from; absent: a GET, which changes nothing. */
  readonly scope?: (parts: readonly string[]) => string
  /** Taken also right after the page was served: it lets nothing out. */
  readonly quick?: boolean
  /** What is shown when the form's proof does not hold; absent: the scope's page. */
  readonly onRefusal?: (call: PageCall, check: Exclude<FormCheck, 'ok'>) => Promise<PageAnswer>
  readonly handle: (call: PageCall) => Promise<PageAnswer>
}
