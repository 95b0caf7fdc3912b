import type { Playbook } from './playbook.ts'

export const printer: Playbook = {
  id: 'printer',
  title: 'Printer',
  shows: 'Whether the print service runs, what it logged, and how the computer is connected.',
  purpose:
    'You told us that printing does not work. I would like to see whether the print service runs and what it logged.',
  durationMs: 60 * 60_000,
  collectors: [
    { id: 'service.list', params: {}, why: 'Whether the print service runs' },
    { id: 'eventlog.query', params: { windowMinutes: 2_880 }, why: 'What the print service and its drivers logged' },
    { id: 'net.config', params: {}, why: 'Whether the printer can be reached at all' },
    {
      id: 'change.recent',
      params: { days: 14, kinds: ['driver', 'updated', 'installed', 'osUpdate'] },
      why: 'A new driver or update',
    },
  ],
  questions: ['Which printer, and how is it connected?', 'Can anybody else print on it?'],
}
