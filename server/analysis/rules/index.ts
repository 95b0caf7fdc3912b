import type { Rule } from '../define-rule.ts'
import { appCrashRepeat } from './app-crash-repeat.ts'
import { cpuHog } from './cpu-hog.ts'
import { dataIncomplete } from './data-incomplete.ts'
import { diskBadblock } from './disk-badblock.ts'
import { diskController } from './disk-controller.ts'
import { diskFull } from './disk-full.ts'
import { fsCorrupt } from './fs-corrupt.ts'
import { kernelIo } from './kernel-io.ts'
import { logGap } from './log-gap.ts'
import { memCommit } from './mem-commit.ts'
import { memLow } from './mem-low.ts'
import { memOom } from './mem-oom.ts'
import { netApipa } from './net-apipa.ts'
import { netGateway } from './net-gateway.ts'
import { netLink } from './net-link.ts'
import { osUnsupported } from './os-unsupported.ts'
import { stopBugcheck } from './stop-bugcheck.ts'
import { stopPowerloss } from './stop-powerloss.ts'
import { svcCrash } from './svc-crash.ts'
import { svcNostart } from './svc-nostart.ts'
import { unitFailed } from './unit-failed.ts'
import { updateFailed } from './update-failed.ts'

/** Every analyser rule. A guard test compares this list with the folder. */
export const RULES: readonly Rule[] = [
  appCrashRepeat,
  cpuHog,
  dataIncomplete,
  diskBadblock,
  diskController,
  diskFull,
  fsCorrupt,
  kernelIo,
  logGap,
  memCommit,
  memLow,
  memOom,
  netApipa,
  netGateway,
  netLink,
  osUnsupported,
  stopBugcheck,
  stopPowerloss,
  svcCrash,
  svcNostart,
  unitFailed,
  updateFailed,
]
