import type { FigureName } from './figures.ts'

/**
 * What each figure means, word for word as the page and the files say it. Times are wall time: nights and weekends count.
 * The period goes from its first day to its last, both whole, in UTC.
 */
export const HOW_COUNTED: Readonly<Record<FigureName, { readonly title: string; readonly counted: string }>> = {
  open: {
    title: 'Open now',
    counted: 'Tickets that are neither resolved nor closed at this moment, whatever the period.',
  },
  flow: {
    title: 'Opened and resolved',
    counted:
      'For each day, tickets opened on it, and tickets resolved on it. A ticket that was resolved more than once in the period counts on the last of these days.',
  },
  'first-response': {
    title: 'First response',
    counted:
      'Of tickets opened in the period by the person or by mail: from opening to the first message of the desk to the person or its first request for consent. Tickets without one are counted apart; those that the desk opened for the person were answered by that and are left out.',
  },
  resolution: {
    title: 'Resolution',
    counted:
      'Of tickets resolved in the period: from opening to the last time in the period that they were set to resolved, or closed without that.',
  },
  'first-contact': {
    title: 'First-contact resolution',
    counted:
      'Of tickets resolved in the period: those that at most one technician worked on, with at most one permission of the person, without an escalation, and not opened again since. To work on a ticket is to write in it, ask for consent or order a run.',
  },
  reopened: {
    title: 'Opened again',
    counted: 'Of tickets resolved in the period: those opened again after they were first resolved in it.',
  },
  escalated: {
    title: 'Escalated',
    counted:
      'Of tickets opened in the period: those escalated at least once since. By criterion: each escalation asked for in the period.',
  },
  consent: {
    title: 'Answers to requests for consent',
    counted:
      'Requests made in the period. Trimmed: allowed with fewer collectors or for a shorter time than asked for. Failed: the device could not take the request.',
  },
  satisfaction: {
    title: 'Satisfaction',
    counted: 'Feedback given in the period: good, all right or bad. People who said nothing are not counted.',
  },
  causes: {
    title: 'Most frequent causes',
    counted:
      'Findings that a technician confirmed, by rule, in tickets opened in the period. A rule counts once for each ticket.',
  },
  prevention: {
    title: 'Preventive measures',
    counted:
      'Of tickets resolved in the period: those whose verification, written in the period, names at least one preventive measure as done.',
  },
}
