import type { NoticeWords } from '../languages.ts'

/** The words of the notice in German. */
export const de: NoticeWords = {
  title: 'Jemand möchte Informationen von diesem Computer lesen',
  intro: 'Nichts wird gelesen, wenn Sie nicht Ja sagen. Wenn Sie nichts tun, ist die Antwort Nein.',

  'who.heading': 'Wer fragt',
  'who.person': '{name}, {role}',
  'who.organisation': 'Organisation: {name}',
  'who.contact': 'Kontakt: {contact}',
  'who.verified':
    'Dieser Computer hat am Zertifikat geprüft, dass die Anfrage vom Server Ihrer Organisation kommt. Namen, Rolle und Kontakt sind so, wie dieser Server sie angibt.',
  'role.technician': 'Technik',
  'role.lead': 'Teamleitung',
  'role.admin': 'Administration',

  'ticket.heading': 'Warum',
  'ticket.ticket': 'Ticket {number}: {title}',
  'ticket.byRequester':
    'Die Person, die Hilfe braucht, hat es eröffnet: {requester}. Wenn Sie das nicht sind und nichts davon wissen, antworten Sie Nein.',
  'ticket.byDesk': 'Sie haben dieses Ticket nicht eröffnet. Der Helpdesk hat es eröffnet, für {requester}.',
  'ticket.purpose': 'Zweck: {purpose}',

  'match.heading': 'Vergleichscode: {code}',
  'match.headingUnknown':
    'Vergleichscode: für beide dieselben vier Zeichen; er entsteht, wenn die Anfrage gesendet wird',
  'match.advice':
    'Telefonieren Sie gerade mit der Person? Lassen Sie sich deren Vergleichscode vorlesen. Ist er anders, oder kann sie ihn nicht nennen, antworten Sie Nein.',

  'earlier.heading': 'Das ist eine neue Anfrage',
  'earlier.text':
    'Grund: {why}. {given} Die Erlaubnis wird nicht weitergegeben: {name} bekommt nichts, wenn Sie hier nicht Ja sagen.',
  'earlier.known': 'Sie haben früher {name} etwas erlaubt.',
  'earlier.unknown': 'Der Server spricht von einer früheren Erlaubnis für {name}; dieser Computer kennt sie nicht.',
  'earlier.escalation': 'das Ticket geht an jemanden mit mehr Erfahrung',
  'earlier.reassignment': 'jemand anderes übernimmt das Ticket',
  'earlier.moreData': 'es werden mehr Informationen gebraucht',

  'lifted.heading': 'Diese Person wurde früher gemeldet',
  'lifted.text':
    'Am {reported} hat jemand an diesem Computer {name} als verdächtig gemeldet. Am {lifted} wurde die Sperre aufgehoben, nach Angabe des Servers von {by}. Grund: {reason}',

  'collectors.heading': 'Was gelesen würde ({count}). Sie können auch nur einen Teil erlauben.',

  'duration.heading': 'Wie lange, und wie Sie es beenden',
  'duration.yes':
    'Ein Ja gilt höchstens {duration} ab Ihrer Antwort. Sie können eine kürzere Zeit wählen, und Sie können verlangen, alles anzusehen, bevor es gesendet wird.',
  'duration.stop': 'Beenden: {method}',
  'duration.method': 'An diesem Computer, jederzeit: Beenden auf seiner Seite, oder askfirst-agent revoke {id}',

  'handling.heading': 'Was damit geschieht',
  'handling.destination': 'Geht an: {destination}',
  'handling.kept': 'Aufbewahrt: {days}, so sagt es Ihre Organisation. Dieser Computer kann das nicht prüfen.',
  'handling.replaced':
    'Persönliche Daten: Namen von Personen und Computern, E-Mail- und Netzadressen und Seriennummern werden durch Platzhalter ersetzt, bevor etwas gesendet wird, überall dort, wo dieses Programm sie erkennt. {secrets}',
  'handling.asItIs':
    'Persönliche Daten: Namen von Personen und Computern, E-Mail- und Netzadressen und Seriennummern werden so gesendet, wie sie sind. {secrets}',
  'handling.secrets': 'Passwörter, Schlüssel und Zugangscodes werden immer entfernt, wo sie erkannt werden.',
  'handling.review': 'Nach den Regeln dieses Computers sehen Sie alles an, bevor es gesendet wird.',

  'control.heading': 'Was es nicht kann',
  'control.text':
    'Dieses Programm kann diesen Computer nicht steuern. Es kann nicht tippen, nicht klicken, keine Einstellungen ändern, nichts installieren, Ihren Bildschirm nicht sehen und keine Befehle ausführen, die jemand schickt. Es kann nur lesen, was oben steht.',

  'value.yes': 'ja',
  'value.no': 'nein',
  'value.all': 'alle',
  'value.unlimited': 'nicht begrenzt',
  'value.empty': '(leer)',
  'value.cut': '(gekürzt: {count} weitere Zeichen)',
  'days.one': '{count} Tag',
  'days.other': '{count} Tage',
  'hours.one': '{count} Stunde',
  'hours.other': '{count} Stunden',
  'minutes.one': '{count} Minute',
  'minutes.other': '{count} Minuten',
  'seconds.one': '{count} Sekunde',
  'seconds.other': '{count} Sekunden',
}
