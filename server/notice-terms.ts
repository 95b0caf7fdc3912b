import type { NoticeTerms } from './consent/make-request.ts'
import type { SettingsService } from './settings/settings-service.ts'

/** What every person is told about the organisation, always as the settings are now. */
export function noticeTerms(settings: Pick<SettingsService, 'latest'>, destination: () => string): NoticeTerms {
  return {
    organisation: {
      get name() {
        return settings.latest().organisationName
      },
      get contact() {
        return settings.latest().organisationContact
      },
    },
    get destination() {
      return destination()
    },
    get retentionDays() {
      return settings.latest().retentionDays
    },
  }
}
