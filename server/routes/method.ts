import { ActionId, TheoryId, TicketId } from '@askfirst/protocol/ids.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { ActionApproval } from '../method/action-approval.ts'
import type { ActionService } from '../method/action-service.ts'
import type { ComparisonService } from '../method/comparison-service.ts'
import type { MethodService, StepWish } from '../method/method-service.ts'
import type { TheoryService } from '../method/theory-service.ts'
import { callerOf } from '../plugins/auth.ts'
import type { ActionOutcome } from '../store/method-entities.ts'
import { actorOf } from '../users/caller.ts'
import { closed } from './fields.ts'
import type { StepWrite } from './method-fields.ts'
import {
  ActionEnding,
  ActionView,
  actionView,
  byTicket,
  ComparisonOrder,
  ComparisonView,
  comparisonView,
  MethodView,
  maybe,
  methodView,
  NewAction,
  NewTheory,
  Step,
  StepView,
  StepWrite as StepWriteSchema,
  stepView,
  TheoryJudgement,
  TheoryView,
  theoryView,
  words,
} from './method-fields.ts'

/** `/api/tickets/:id/method`: the six steps of a ticket and what is written at them. */
export function methodRoutes({ method }: { readonly method: MethodService }) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tickets/:id/method',
      {
        config: { permission: 'ticket.read' },
        schema: { summary: 'Read how the six steps stand', params: byTicket, response: { 200: MethodView } },
      },
      async (request) => methodView(await method.read(request.params.id)),
    )

    app.put(
      '/api/tickets/:id/method/steps/:step',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Write at a step, or say why it is left out',
          params: Type.Object({ id: TicketId, step: Step }, closed),
          body: StepWriteSchema,
          response: { 200: StepView },
        },
      },
      async (request) => {
        const { id, step } = request.params
        const { version } = request.body
        const write = { step, version, wish: wishOf(request.body) }
        return stepView(await method.writeStep(id, write, actorOf(callerOf(request).user)))
      },
    )
  }
}

function wishOf(body: StepWrite): StepWish {
  if ('skipReason' in body) return { skipReason: body.skipReason }
  return { text: body.text ?? '', answers: body.answers ?? [], measures: body.measures ?? [] }
}

const byTheory = Type.Object({ id: TicketId, theoryId: TheoryId }, closed)

/** `/api/tickets/:id/method/theories`: probable causes and what their tests showed. */
export function theoryRoutes({ theories }: { readonly theories: TheoryService }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/tickets/:id/method/theories',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Add a theory', params: byTicket, body: NewTheory, response: { 201: TheoryView } },
      },
      async (request, reply) => {
        const { findingIds = [], test, ...rest } = request.body
        const planned = { text: test?.text ?? '', collector: test?.collector ?? null }
        const wish = { ...rest, findingIds, test: planned }
        const theory = await theories.add(request.params.id, wish, actorOf(callerOf(request).user))
        return reply.code(201).send(theoryView(theory))
      },
    )

    app.patch(
      '/api/tickets/:id/method/theories/:theoryId',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Record what the test of a theory showed',
          params: byTheory,
          body: TheoryJudgement,
          response: { 200: TheoryView },
        },
      },
      async (request) => {
        const { id, theoryId } = request.params
        const { result = null, runId = null, ...rest } = request.body
        const judgement = { ...rest, result, runId }
        return theoryView(await theories.judge(id, theoryId, judgement, actorOf(callerOf(request).user)))
      },
    )
  }
}

const byAction = Type.Object({ id: TicketId, actionId: ActionId }, closed)

/** `/api/tickets/:id/method/actions`: what is planned and done about it. */
export function actionRoutes({
  actions,
  approvals,
}: {
  readonly actions: ActionService
  readonly approvals: ActionApproval
}) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/tickets/:id/method/actions',
      {
        config: { permission: 'ticket.work' },
        schema: { summary: 'Plan an action', params: byTicket, body: NewAction, response: { 201: ActionView } },
      },
      async (request, reply) => {
        const { deviceId = null, why = null, undo = null, needsApproval = false, done, ...rest } = request.body
        const wish = { ...rest, deviceId, why, undo, needsApproval }
        const outcome = done === undefined ? null : outcomeOf(done)
        const action = await actions.plan(request.params.id, { ...wish, outcome }, actorOf(callerOf(request).user))
        return reply.code(201).send(actionView(action))
      },
    )

    app.post(
      '/api/tickets/:id/method/actions/:actionId/ask',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Ask the person whether a major action may be carried out',
          params: byAction,
          body: Type.Object({ version: ActionEnding.properties.version }, closed),
          response: { 200: ActionView },
        },
      },
      async (request) => {
        const { id, actionId } = request.params
        const { user } = callerOf(request)
        return actionView(await approvals.ask(id, actionId, request.body.version, actorOf(user)))
      },
    )

    app.post(
      '/api/tickets/:id/method/actions/:actionId/approve',
      {
        config: { permission: 'action.approve' },
        schema: {
          summary: 'Approve a major action in the person’s place',
          params: byAction,
          body: Type.Object({ version: ActionEnding.properties.version, text: maybe(words) }, closed),
          response: { 200: ActionView },
        },
      },
      async (request) => {
        const { id, actionId } = request.params
        const { version, text = null } = request.body
        return actionView(await actions.approve(id, actionId, { version, text }, actorOf(callerOf(request).user)))
      },
    )

    app.post(
      '/api/tickets/:id/method/actions/:actionId/end',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Record how an action ended',
          params: byAction,
          body: ActionEnding,
          response: { 200: ActionView },
        },
      },
      async (request) => {
        const { id, actionId } = request.params
        const { version, state } = request.body
        const result = { version, state, outcome: outcomeOf(request.body) }
        return actionView(await actions.end(id, actionId, result, actorOf(callerOf(request).user)))
      },
    )
  }
}

/** `/api/tickets/:id/method/comparisons`: the same collector once before and once after. */
export function comparisonRoutes({ comparisons }: { readonly comparisons: ComparisonService }) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/tickets/:id/method/comparisons',
      {
        config: { permission: 'ticket.work' },
        schema: {
          summary: 'Compare two runs of one collector',
          params: byTicket,
          body: ComparisonOrder,
          response: { 201: ComparisonView },
        },
      },
      async (request, reply) => {
        const { user } = callerOf(request)
        const comparison = await comparisons.record(request.params.id, request.body, actorOf(user))
        return reply.code(201).send(comparisonView(comparison))
      },
    )
  }
}

function outcomeOf({ before = null, after = null, seen = null }: Partial<ActionOutcome>): ActionOutcome {
  return { before, after, seen }
}
