import { LANGUAGES } from '@askfirst/protocol/notice/languages.ts'
import { Type } from 'typebox'
import type { App } from '../app-types.ts'
import type { Clock } from '../clock.ts'
import { isoNow } from '../clock.ts'
import type { MailService } from '../mail/mail-service.ts'
import { ownUser } from '../plugins/confirmation.ts'
import { ALERT_KINDS } from '../store/alert-store.ts'
import type { Store } from '../store/store.ts'
import { closed, orNull } from './fields.ts'

const choice = {
  /** `given`: a ticket is given or escalated to you; `clock`: times that end; `report`: a person reported a request; `reply`: a person answered. */
  kinds: Type.Array(Type.Enum([...ALERT_KINDS]), { maxItems: ALERT_KINDS.length, uniqueItems: true }),
  /** Null: the organisation's. */
  language: orNull(Type.Enum([...LANGUAGES])),
}
const Choice = Type.Object(choice, closed)
const Alerts = Type.Object({
  ...choice,
  /** Whether the server has a mail server. */
  isOn: Type.Boolean(),
})

interface Deps {
  readonly store: Pick<Store, 'alerts'>
  readonly clock: Clock
  readonly mail: Pick<MailService, 'isOn'>
}

/** `/api/account/alerts`: of what somebody of the desk is told by mail. */
export function alertRoutes({ store, clock, mail }: Deps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/account/alerts',
      {
        config: { permission: 'account.own' },
        schema: { summary: 'Read of what you are told by mail', response: { 200: Alerts } },
      },
      async (request) => {
        const { kinds, language } = await store.alerts.choice(ownUser(request).id)
        return { kinds: [...kinds], language, isOn: mail.isOn }
      },
    )

    app.put(
      '/api/account/alerts',
      {
        config: { permission: 'account.own' },
        schema: {
          summary: 'Choose of what you are told by mail, from now on',
          body: Choice,
          response: { 200: Alerts },
        },
      },
      async (request) => {
        await store.alerts.choose(ownUser(request).id, { ...request.body, since: isoNow(clock) })
        return { ...request.body, isOn: mail.isOn }
      },
    )
  }
}
