import type { Kysely } from 'kysely'
import { createRecords } from './0001-records.ts'
import { createRowIndex } from './0002-row-index.ts'
import { addOpenEnds } from './0003-open-ends.ts'
import { createRowBlocks } from './0004-row-blocks.ts'
import { addReports } from './0005-reports.ts'
import { addWorkbench } from './0006-workbench.ts'
import { addSecondFactors } from './0008-second-factors.ts'
import { addVocabulary } from './0010-row-vocabulary.ts'
import { addPersonTickets } from './0011-person-tickets.ts'
import { addPriorityReasons } from './0012-priority.ts'
import { addClock } from './0013-clock.ts'
import { addTicketFlow } from './0014-ticket-flow.ts'
import { addMethod } from './0015-method.ts'
import { addAsks } from './0016-asks.ts'
import { addMail } from './0017-mail.ts'
import { addKnowledge } from './0018-knowledge.ts'
import { addAppointments } from './0019-appointments.ts'
import { addRetention } from './0020-retention.ts'
import { addErasures } from './0022-erasures.ts'
import { addRunsAtOnce } from './0025-runs-at-once.ts'
import { addOffers } from './0026-offers.ts'
import { addSupportLevels } from './0027-support-levels.ts'
import { addMailFiles } from './0028-mail-files.ts'
import { addMailLanguages } from './0029-mail-languages.ts'
import { addConsentWindows } from './0030-consent-windows.ts'
import type { ColumnTypes } from './column-types.ts'

/** One step forward of the schema. */
export interface SchemaStep {
  readonly name: string
  readonly up: (db: Kysely<unknown>, types: ColumnTypes) => Promise<void>
}

/** Every step, oldest first. A step that was released is never changed; there is no way back but a backup. */
export const SCHEMA_STEPS: readonly SchemaStep[] = [
  { name: '0001-records', up: createRecords },
  { name: '0002-row-index', up: createRowIndex },
  { name: '0003-open-ends', up: addOpenEnds },
  { name: '0004-row-blocks', up: createRowBlocks },
  { name: '0005-reports', up: addReports },
  { name: '0006-workbench', up: addWorkbench },
  { name: '0008-second-factors', up: addSecondFactors },
  { name: '0010-row-vocabulary', up: addVocabulary },
  { name: '0011-person-tickets', up: addPersonTickets },
  { name: '0012-priority', up: addPriorityReasons },
  { name: '0013-clock', up: addClock },
  { name: '0014-ticket-flow', up: addTicketFlow },
  { name: '0015-method', up: addMethod },
  { name: '0016-asks', up: addAsks },
  { name: '0017-mail', up: addMail },
  { name: '0018-knowledge', up: addKnowledge },
  { name: '0019-appointments', up: addAppointments },
  { name: '0020-retention', up: addRetention },
  { name: '0022-erasures', up: addErasures },
  { name: '0025-runs-at-once', up: addRunsAtOnce },
  { name: '0026-offers', up: addOffers },
  { name: '0027-support-levels', up: addSupportLevels },
  { name: '0028-mail-files', up: addMailFiles },
  { name: '0029-mail-languages', up: addMailLanguages },
  { name: '0030-consent-windows', up: addConsentWindows },
]
