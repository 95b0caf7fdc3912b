import type { Playbook } from './playbook.ts'

export const noNetwork: Playbook = {
  id: 'no-network',
  title: 'No network',
  shows: 'Whether the computer is connected, has an address, and reaches its gateway and name servers.',
  purpose:
    'You told us that the network does not work. I would like to see how your computer is connected, and what it wrote down about it.',
  durationMs: 60 * 60_000,
  collectors: [
    { id: 'net.config', params: {}, why: 'Connections, addresses, routes and name servers' },
    { id: 'eventlog.query', params: { windowMinutes: 1_440 }, why: 'What the system logged about it' },
    { id: 'service.list', params: {}, why: 'Whether the network services run' },
    {
      id: 'change.recent',
      params: { days: 14, kinds: ['driver', 'osUpdate', 'installed', 'updated'] },
      why: 'New drivers, updates and filters',
    },
  ],
  questions: [
    'Is nothing reachable, or only some addresses?',
    'Cable or radio, and do others at the same place have network?',
  ],
}
