import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { line } from '@askfirst/protocol/fields.ts'
import type { Actor } from '@askfirst/protocol/findings-log.ts'
import { LIMITS } from '@askfirst/protocol/limits.ts'
import type { Static } from 'typebox'
import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { auditDraft } from '../audit/audit-draft.ts'
import type { Clock } from '../clock.ts'
import type { Store } from '../store/store.ts'
import { FACTOR_RULES } from '../users/permissions.ts'
import { ClosingRules, DEFAULT_CLOSING } from './closing-rules.ts'
import { DEFAULT_MAIL, MailSettings } from './mail-settings.ts'
import { DEFAULT_TEMPLATES, MessageTemplates } from './message-templates.ts'
import { DEFAULT_MATRIX, matrixProblems, PriorityMatrix } from './priority-matrix.ts'
import { DEFAULT_RETENTION, RetentionRule } from './retention.ts'
import { DEFAULT_SERVICE_LEVEL, ServiceLevel, serviceLevelProblems } from './service-level.ts'

const MINUTE_MS = 60_000

/** What the organisation decides; the first two are shown to every person who is asked for consent. */
export const Settings = Type.Object(
  {
    organisationName: line(200),
    /** How a person can check that the request is genuine, e.g. the help desk's phone number. */
    organisationContact: line(200),
    /** How long rows are kept, in days. */
    retentionDays: Type.Integer({ minimum: 1, maximum: 3_650 }),
    /** What happens to personal identifiers on the device when a request does not say. */
    personalData: Type.Enum(['keep', 'pseudonymise']),
    /** Longest permission that a technician may ask for, in minutes. */
    maxPermissionMinutes: Type.Integer({ minimum: 1, maximum: LIMITS.maxGrantMs / MINUTE_MS }),
    /** Longest time that a request may wait for an answer, in minutes. */
    maxAnswerMinutes: Type.Integer({ minimum: 1, maximum: LIMITS.maxAnswerMs / MINUTE_MS }),
    /** Who must show a second factor to sign in. */
    secondFactor: Type.Enum([...FACTOR_RULES]),
    /** Priority of a ticket by impact and, within it, by urgency. */
    priorityMatrix: PriorityMatrix,
    /** When a ticket ends without an answer, and how long it can come back. */
    closing: ClosingRules,
    /** Targets, business hours and what follows when a time is over. */
    serviceLevel: ServiceLevel,
    /** When rows and files of closed tickets are deleted. */
    retention: RetentionRule,
    /** Who is written to by e-mail. */
    mail: MailSettings,
    /** Texts that technicians put into messages. */
    messageTemplates: MessageTemplates,
  },
  { additionalProperties: false },
)
export type Settings = Static<typeof Settings>

const DEFAULT_SETTINGS: Settings = {
  organisationName: 'This organisation',
  organisationContact: 'your help desk',
  retentionDays: 90,
  personalData: 'pseudonymise',
  maxPermissionMinutes: LIMITS.maxGrantMs / MINUTE_MS,
  maxAnswerMinutes: LIMITS.maxAnswerMs / MINUTE_MS,
  secondFactor: 'nobody',
  priorityMatrix: DEFAULT_MATRIX,
  closing: DEFAULT_CLOSING,
  serviceLevel: DEFAULT_SERVICE_LEVEL,
  retention: DEFAULT_RETENTION,
  mail: DEFAULT_MAIL,
  messageTemplates: DEFAULT_TEMPLATES,
}

const KEY = 'organisation'
const stored = Compile(Settings)

/** The settings as they are stored now. */
export async function readSettings(store: Pick<Store, 'settings'>): Promise<Settings> {
  const value = await store.settings.get(KEY)
  // Settings that an earlier version wrote lack what came since.
  const whole: unknown = typeof value === 'object' && value !== null ? { ...DEFAULT_SETTINGS, ...value } : null
  return stored.Check(whole) ? whole : DEFAULT_SETTINGS
}

export type SettingsService = ReturnType<typeof createSettingsService>

/** Settings that admins change while the server runs. */
export function createSettingsService(input: { readonly store: Pick<Store, 'settings'>; readonly clock: Clock }) {
  const { store, clock } = input
  let latest = DEFAULT_SETTINGS
  async function get(): Promise<Settings> {
    latest = await readSettings(store)
    return latest
  }
  return {
    get,
    /** The settings as they were last read or changed here, for code that cannot wait. */
    latest: (): Settings => latest,
    /**
     * Changes the fields given; the audit log keeps old and new values. Tickets that are there keep their priorities.
     *
     * @throws AskFirstError INVALID_REQUEST when more impact or urgency would make a ticket less urgent, or a
     *   service level cannot be used
     */
    async change(change: Partial<Settings>, actor: Actor): Promise<Settings> {
      if (change.priorityMatrix !== undefined) checkMatrix(change.priorityMatrix)
      if (change.serviceLevel !== undefined) checkServiceLevel(change.serviceLevel)
      const from = await get()
      const to = { ...from, ...change }
      checkRetention(to)
      await store.settings.set(
        KEY,
        to,
        auditDraft(clock, { actor, action: 'settings.changed', subject: KEY, detail: { from, to } }),
      )
      latest = to
      return to
    },
  }
}

/** What people are told about how long their data is kept has to be true. */
function checkRetention({ retention, retentionDays }: Settings): void {
  if (!retention.isOn || retention.closedDays <= retentionDays) return
  throw new AskFirstError(
    'INVALID_REQUEST',
    `People are told that rows are kept for ${retentionDays} days, and they would be deleted after ${retention.closedDays}. Delete them sooner, or tell people more days.`,
    { details: { field: 'retention' } },
  )
}

function checkMatrix(matrix: PriorityMatrix): void {
  const problems = matrixProblems(matrix)
  if (problems.length === 0) return
  const told = problems.map(({ text }) => text).join(' ')
  throw new AskFirstError(
    'INVALID_REQUEST',
    `More impact or urgency must not make a ticket less urgent, so the matrix was not changed. ${told}`,
    { details: { field: 'priorityMatrix', problems } },
  )
}

function checkServiceLevel(serviceLevel: ServiceLevel): void {
  const problems = serviceLevelProblems(serviceLevel)
  if (problems.length === 0) return
  throw new AskFirstError('INVALID_REQUEST', `The service level was not changed. ${problems.join(' ')}`, {
    details: { field: 'serviceLevel', problems },
  })
}
