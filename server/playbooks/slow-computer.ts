import type { Playbook } from './playbook.ts'

export const slowComputer: Playbook = {
  id: 'slow-computer',
  title: 'PC is slow',
  shows: 'What keeps the computer busy, what it lacks, and what changed before it began.',
  purpose:
    'You told us that your computer is slow. I would like to see what keeps it busy, how full its drives are and what changed in the last days.',
  durationMs: 60 * 60_000,
  collectors: [
    { id: 'process.list', params: { sort: 'cpu', top: 100 }, why: 'Which programs use processor, memory and drive' },
    { id: 'disk.space', params: {}, why: 'Whether a drive is nearly full' },
    { id: 'device.info', params: {}, why: 'Memory, processor, drives and their health' },
    { id: 'eventlog.query', params: { windowMinutes: 4_320 }, why: 'Errors of drives and drivers in three days' },
    { id: 'change.recent', params: { days: 14 }, why: 'What was installed or updated before it began' },
  ],
  questions: ['Is everything slow, or one program?', 'Always, or at certain times or places?'],
}
