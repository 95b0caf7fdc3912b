import type { Collector } from '@askfirst/agent/runtime/define-collector.ts'
import { firehose } from './firehose.ts'
import * as misbehaving from './misbehaving.ts'
import { pacedFirehose } from './paced-firehose.ts'

/** The collectors that only tests run. */
export const TEST_COLLECTORS: readonly Collector[] = [firehose, pacedFirehose, ...Object.values(misbehaving)]
