/**
 * The words of the notice in English; the other languages have the same keys and the same {places}. What stands in a place
 * and comes from a server is in quotation marks already.
 */
export const en = {
  title: 'Someone asks to read information from this computer',
  intro: 'Nothing is read unless you say yes. If you do nothing, the answer is no.',

  'who.heading': 'Who asks',
  'who.person': '{name}, {role}',
  'who.organisation': 'Organisation: {name}',
  'who.contact': 'Contact: {contact}',
  'who.verified':
    'This computer has checked by its certificate that this comes from the server of your organisation. Names, role and contact are as that server gives them.',
  'role.technician': 'technician',
  'role.lead': 'team lead',
  'role.admin': 'administrator',

  'ticket.heading': 'Why',
  'ticket.ticket': 'Ticket {number}: {title}',
  'ticket.byRequester':
    'The person who needs help opened it: {requester}. If that is not you, and you know nothing of it, answer no.',
  'ticket.byDesk': 'You did not open this ticket. The help desk opened it, for {requester}.',
  'ticket.purpose': 'Purpose: {purpose}',

  'match.heading': 'Match code: {code}',
  'match.headingUnknown': 'Match code: the same four characters for both of you, made when the request is sent',
  'match.advice':
    'Are you on the phone with them? Let them read you their match code. If it is not the same, or they cannot say it, answer no.',

  'earlier.heading': 'This is a new request',
  'earlier.text': 'Reason: {why}. {given} It is not handed on: {name} gets nothing unless you say yes here.',
  'earlier.known': 'You gave an earlier permission to {name}.',
  'earlier.unknown': 'The server speaks of an earlier permission for {name}; this computer does not know of it.',
  'earlier.escalation': 'the ticket goes to someone with more experience',
  'earlier.reassignment': 'someone else takes over the ticket',
  'earlier.moreData': 'more information is needed',

  'lifted.heading': 'You reported this person before',
  'lifted.text':
    'On {reported} someone at this computer reported {name} as suspicious. On {lifted} the block was lifted, as the server says by {by}. Reason: {reason}',

  'collectors.heading': 'What would be read ({count}). You can allow only some of it.',

  'duration.heading': 'How long, and how to stop',
  'duration.yes':
    'A yes lasts at most {duration} from your answer on. You can choose a shorter time, and you can ask to look at everything before it is sent.',
  'duration.stop': 'To stop: {method}',
  'duration.method': 'On this computer, at any time: Stop on its page, or askfirst-agent revoke {id}',

  'handling.heading': 'What happens to it',
  'handling.destination': 'Goes to: {destination}',
  'handling.kept': 'Kept for: {days}, as your organisation states it. This computer cannot check that.',
  'handling.replaced':
    'Personal data: Names of people and computers, e-mail and network addresses and serial numbers are replaced with stand-ins before anything is sent, wherever this program recognises them. {secrets}',
  'handling.asItIs':
    'Personal data: Names of people and computers, e-mail and network addresses and serial numbers are sent as they are. {secrets}',
  'handling.secrets': 'Passwords, keys and tokens are always removed where they are recognised.',
  'handling.review': 'The rules of this computer want you to look at everything before it is sent.',

  'control.heading': 'What it cannot do',
  'control.text':
    'This program cannot control this computer. It cannot type, click, change settings, install anything, see your screen or run commands that someone sends. It can only read what is listed above.',

  'value.yes': 'yes',
  'value.no': 'no',
  'value.all': 'all',
  'value.unlimited': 'not limited',
  'value.empty': '(empty)',
  'value.cut': '(cut: {count} more characters)',
  'days.one': '{count} day',
  'days.other': '{count} days',
  'hours.one': '{count} hour',
  'hours.other': '{count} hours',
  'minutes.one': '{count} minute',
  'minutes.other': '{count} minutes',
  'seconds.one': '{count} second',
  'seconds.other': '{count} seconds',
} as const
