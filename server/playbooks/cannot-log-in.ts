import type { Playbook } from './playbook.ts'

export const cannotLogIn: Playbook = {
  id: 'cannot-log-in',
  title: 'Cannot log in',
  shows: 'What was logged about the log-ins, and whether clock, network and services are as a log-in needs them.',
  purpose:
    'You told us that you cannot log in. I would like to see what the computer logged about it, records of log-ins included.',
  durationMs: 60 * 60_000,
  collectors: [
    {
      id: 'eventlog.query',
      params: { windowMinutes: 1_440, includeSecurity: true },
      why: 'Log-ins that were refused, and why',
    },
    { id: 'net.config', params: {}, why: 'Whether the directory can be reached' },
    { id: 'service.list', params: {}, why: 'Whether the services for log-ins run' },
    { id: 'change.recent', params: { days: 7 }, why: 'What changed before it began' },
  ],
  questions: [
    'Which account is it, and does another one work on this computer?',
    'Was the password changed lately, here or elsewhere?',
  ],
}
