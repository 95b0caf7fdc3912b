import type { Playbook } from './playbook.ts'

export const crashes: Playbook = {
  id: 'crashes',
  title: 'Crashes',
  shows: 'What crashed, when and how often, and what changed before the first time.',
  purpose:
    'You told us that your computer or a program crashes. I would like to see what it logged around the crashes, and what changed before.',
  durationMs: 60 * 60_000,
  collectors: [
    {
      id: 'eventlog.query',
      params: { windowMinutes: 10_080, maxRows: 5_000 },
      why: 'Crashes, restarts and errors of a week',
    },
    { id: 'change.recent', params: { days: 30 }, why: 'Drivers and updates before the first crash' },
    { id: 'device.info', params: {}, why: 'Hardware and its firmware' },
    { id: 'disk.space', params: {}, why: 'A full drive makes programs fail' },
  ],
  questions: ['What were you doing when it crashed?', 'Does the whole computer stop, or one program?'],
}
