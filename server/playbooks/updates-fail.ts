import type { Playbook } from './playbook.ts'

export const updatesFail: Playbook = {
  id: 'updates-fail',
  title: 'Updates fail',
  shows: 'Which updates failed with which error, and whether space or a service is what they lack.',
  purpose:
    'You told us that updates fail. I would like to see which ones, what was logged, and whether there is enough space.',
  durationMs: 60 * 60_000,
  collectors: [
    {
      id: 'change.recent',
      params: { days: 60, kinds: ['osUpdate', 'updated', 'installed', 'driver'] },
      why: 'Updates and how they ended',
    },
    { id: 'eventlog.query', params: { windowMinutes: 20_160 }, why: 'What the update service logged in two weeks' },
    { id: 'disk.space', params: {}, why: 'Updates need space on the system drive' },
    { id: 'service.list', params: {}, why: 'Whether the update service runs' },
  ],
  questions: ['Which update, and at which point does it stop?', 'Did you restart the computer since?'],
}
