import { AskFirstError } from '@askfirst/protocol/errors.ts'
import { t } from '../layout.ts'
import type { PageAnswer } from '../page-server.ts'
import type { FormCheck } from '../page-sessions.ts'
import { problemText } from '../problem-words.ts'
import type { TextKey } from '../texts.ts'
import { consentPage, requestIdOf } from './consent.ts'
import type { PageCall } from './page-call.ts'

/** An answer that was not read, or did not come from the page: the page is shown again, with what was filled in. */
export function askAgain(call: PageCall, check: Exclude<FormCheck, 'ok'>): Promise<PageAnswer> {
  const [key, status] = check === 'too-soon' ? (['consent.tooSoon', 425] as const) : (['consent.form', 403] as const)
  return consentPage(call, { say: t(call.context, key), status })
}

export function allowAll(call: PageCall): Promise<PageAnswer> {
  return allow(call, undefined)
}

export async function allowTicked(call: PageCall): Promise<PageAnswer> {
  const ticked = call.request.form.getAll('tick')
  if (ticked.length > 0) return allow(call, ticked)
  return consentPage(call, { say: t(call.context, 'consent.nothingTicked'), status: 422 })
}

async function allow(call: PageCall, only: string[] | undefined): Promise<PageAnswer> {
  const { deps, context, request } = call
  const minutes = Number(request.form.get('minutes') ?? 0)
  try {
    await deps.agent.call('requests.approve', {
      requestId: requestIdOf(call),
      ...said(call),
      textSha256: request.form.get('text') ?? '',
      ...(only === undefined ? {} : { only }),
      ...(minutes > 0 ? { minutes } : {}),
      ...(request.form.get('review') === 'yes' ? { review: true } : {}),
    })
  } catch (error) {
    if (!(error instanceof AskFirstError)) throw error
    if (error.code === 'CONFLICT') return consentPage(call, { say: t(context, 'consent.changed'), status: 409 })
    if (error.code === 'REQUEST_CLOSED') return done(call, 'flash.over', '/')
    deps.onProblem('An answer was not taken', error)
    return consentPage(call, { say: t(context, problemText(error.code)), status: 409 })
  }
  return done(call, 'flash.allowed', '/session')
}

export async function deny(call: PageCall): Promise<PageAnswer> {
  await call.deps.agent.call('requests.deny', { requestId: requestIdOf(call), ...said(call), ...reason(call) })
  return done(call, 'flash.denied', '/')
}

export async function report(call: PageCall): Promise<PageAnswer> {
  await call.deps.agent.call('requests.report', { requestId: requestIdOf(call), ...said(call), ...reason(call) })
  return done(call, 'flash.reported', '/')
}

export async function later(call: PageCall): Promise<PageAnswer> {
  call.deps.remindLater(requestIdOf(call))
  return done(call, 'flash.later', '/')
}

/** How it was asked, for the receipt. */
function said({ context }: PageCall) {
  return { method: 'page', language: context.session.language } as const
}

function reason({ request }: PageCall): { reason?: string } {
  const text = request.form.get('reason')?.trim().toWellFormed().slice(0, 500) ?? ''
  return text === '' ? {} : { reason: text }
}

function done({ context }: PageCall, key: TextKey, path: string): PageAnswer {
  context.session.flash = t(context, key)
  return { kind: 'redirect', path }
}
