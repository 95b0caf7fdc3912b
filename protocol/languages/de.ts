import type { TranslatedLanguage } from './language.ts'

/** German. */
export const de = {
  name: 'Deutsch',
  direction: 'ltr',

  notice: {
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
  },

  pages: {
    'page.name': 'AskFirst auf diesem Computer',
    'page.home': 'Übersicht',
    'page.session': 'Was gelesen wird',
    'page.record': 'Meine Daten',
    'page.refresh': 'Neu laden',
    'page.still': 'Nicht mehr von selbst aktualisieren',
    'page.live': 'Wieder von selbst aktualisieren',
    'page.updates': 'Diese Seite aktualisiert sich von selbst.',
    'page.language': 'Sprache',
    'page.closeSoon': 'Sie können dieses Fenster jederzeit schließen. Damit wird nichts erlaubt.',
    'page.notFound': 'Hier ist nichts. Vielleicht ist es schon vorbei.',
    'page.gone':
      'Das Programm, das liest, antwortet nicht. Solange es aus ist, kann nichts gelesen werden. Diese Seite versucht es wieder.',
    'page.sorry': 'Das hat nicht geklappt',

    'closed.title': 'Diese Seite ist geschlossen',
    'closed.text': 'Ein Link zu ihr gilt einmal. Um sie wieder zu öffnen: {command}',

    'home.title': 'Was gerade geschieht',
    'home.nothing': 'Niemand fragt etwas an, und nichts wird gelesen.',
    'home.asks': 'Jemand fragt an',
    'home.who': '{name} ({organisation}), Ticket {number}: {title}. Vergleichscode {code}',
    'home.look': 'Lesen und antworten',
    'home.active': 'Eine Support-Sitzung läuft',
    'home.toSession': 'Ansehen, was gelesen wird, und beenden',
    'home.review': 'Zeilen warten darauf, dass Sie sie ansehen. Nichts davon wurde gesendet.',
    'home.toReview': '{rows} Zeilen von „{collector}“ ansehen',
    'home.lifted': 'Eine Sperre wurde aufgehoben',
    'home.liftedText':
      'Sie haben {name} am {reported} gemeldet. Am {lifted} wurde die Sperre aufgehoben, nach Angabe des Servers von {by}. Grund: {reason}. {name} kann Sie wieder fragen. Damit ist nichts erlaubt.',
    'home.read': 'Ich habe das gelesen',
    'home.blocked': 'Gesperrt, weil Sie es gemeldet haben: {name}, seit {at}. Eine Teamleitung muss es ansehen.',

    'flash.denied': 'Sie haben Nein gesagt. Nichts wurde gelesen.',
    'flash.allowed': 'Sie haben Ja gesagt. Sie können es jederzeit beenden.',
    'flash.later': 'Sie werden bald noch einmal gefragt. Nichts wird gelesen, bis Sie Ja sagen.',
    'flash.reported':
      'Gemeldet. Diese Person kann diesen Computer nicht mehr anfragen, bis eine Teamleitung es angesehen hat. Was ihr erlaubt war, ist beendet.',
    'flash.stopped': 'Beendet. Was lief, wurde abgebrochen, und was noch nicht gesendet war, wurde gelöscht.',
    'flash.over': 'Diese Anfrage ist vorbei: beantwortet, zurückgenommen, oder die Zeit ist abgelaufen.',
    'flash.sent':
      '{sent} Zeilen werden gesendet. {dropped} Zeilen und {columns} Spalten wurden weggelassen und gelöscht.',
    'flash.discarded': '{rows} Zeilen wurden gelöscht. Nichts wurde gesendet.',

    'consent.deny': 'Nicht erlauben',
    'consent.allow': 'Alle {count} erlauben',
    'consent.allowOne': 'Erlauben',
    'consent.allowTicked': 'Nur das Angekreuzte erlauben',
    'consent.later': 'Jetzt nicht, später noch einmal fragen',
    'consent.report': 'Nicht erlauben und als verdächtig melden',
    'consent.example': 'Ein Beispiel zeigen',
    'consent.exampleTitle': 'Ein Beispiel von diesem Computer. Es wurde gerade gelesen und an niemanden gesendet.',
    'consent.exampleNone': 'Es gibt nichts zu zeigen: {why}',
    'consent.answer': 'Ihre Antwort',
    'consent.time': 'Wie lange',
    'consent.timeFull': '{duration}, wie angefragt',
    'consent.review': 'Ich will alles ansehen, bevor es gesendet wird',
    'consent.reason': 'Falls Sie Nein sagen: warum? Sie müssen es nicht sagen.',
    'consent.suspicious': 'Mit dieser Anfrage stimmt etwas nicht',
    'consent.suspiciousText':
      'Kennen Sie diese Person nicht, ist der Vergleichscode anders, oder drängt Sie jemand? Melden Sie es: Teamleitungen erfahren davon, und diese Person kann diesen Computer nicht mehr anfragen, bis eine von ihnen es angesehen hat.',
    'consent.tooSoon':
      'Bitte lesen Sie es zuerst. Ihr Klick kam gleich nach der Seite und wurde nicht als Antwort genommen.',
    'consent.nothingTicked':
      'Nichts ist angekreuzt, also wurde nichts erlaubt. Kreuzen Sie an, was Sie erlauben wollen, oder sagen Sie Nein.',
    'consent.changed':
      'Die Anfrage oder die Regeln dieses Computers haben sich geändert. Bitte lesen Sie sie noch einmal.',
    'consent.form': 'Die Seite war zu alt, oder sie kam nicht von hier. Bitte antworten Sie noch einmal.',
    'consent.until': 'Ohne Antwort bis {time} wird „keine Antwort“ festgehalten, und das heißt Nein.',

    'session.title': 'Support-Sitzung läuft',
    'session.none': 'Keine Sitzung läuft. Nichts wird gelesen.',
    'session.stop': 'Beenden',
    'session.who': '{name} darf von diesem Computer lesen, für Ticket {number}: {title}',
    'session.left': 'Restzeit',
    'session.may': 'Erlaubt',
    'session.sent': 'Bisher gesendet',
    'session.figures': '{rows} Zeilen, {bytes}',
    'session.now': 'Wird gerade gelesen',
    'session.idle': 'im Moment nichts',
    'session.reading': '{collector}: {rows} Zeilen gelesen, {sent} gesendet',
    'session.waiting': '{collector}: {rows} Zeilen warten darauf, dass Sie sie ansehen',
    'session.sending': '{collector}: {sent} von {rows} Zeilen gesendet',
    'session.review': 'Nichts wird gesendet, bevor Sie es angesehen haben.',
    'session.offline': 'Der Server ist gerade nicht erreichbar. Beenden geht trotzdem.',

    'review.title': 'Ansehen, bevor es gesendet wird',
    'review.about': '„{collector}“ für Ticket {number}: {rows} Zeilen. Nichts davon wurde gesendet.',
    'review.search': 'In allen Zeilen suchen',
    'review.searchDo': 'Suchen',
    'review.all': 'Alle Zeilen zeigen',
    'review.found': '{count} Zeilen enthalten „{text}“',
    'review.row': 'Zeile',
    'review.out': 'Weglassen',
    'review.mark': 'Angekreuzte Zeilen weglassen, die anderen dieser Seite behalten',
    'review.markFound': 'Alle {count} gefundenen Zeilen weglassen',
    'review.columns': 'Spalten',
    'review.columnsText': 'Eine angekreuzte Spalte wird aus jeder Zeile entfernt.',
    'review.columnsMark': 'Angekreuzte Spalten weglassen',
    'review.marked': 'Wird weggelassen: {rows} Zeilen, {columns} Spalten. Sie werden gelöscht.',
    'review.send': 'Den Rest senden',
    'review.discard': 'Nichts senden, alle Zeilen löschen',
    'review.previous': 'Vorige Zeilen',
    'review.next': 'Nächste Zeilen',
    'review.range': 'Zeilen {from} bis {to} von {total}',

    'record.title': 'Meine Daten',
    'record.about':
      'Alles, was je von diesem Computer angefragt wurde, was geantwortet wurde und was ihn verlassen hat. Dieses Verzeichnis liegt hier; der Server kann es nicht ändern.',
    'record.chainGood': 'Gerade geprüft: alle {count} Einträge sind unverändert.',
    'record.chainBad': 'Zeile {line} wurde verändert: {problem}. Die {count} Einträge davor sind unverändert.',
    'record.export': 'Alles als Datei speichern, mit den unterschriebenen Belegen',
    'record.empty': 'Noch hat niemand etwas angefragt.',
    'record.asked': 'Angefragt von {name} ({organisation}), Ticket {number}: {title}',
    'record.given': 'Erlaubt von {user}',
    'record.refused': 'Abgelehnt von {user}',
    'record.noAnswer': 'Keine Antwort',
    'record.withdrawn': 'Vom Helpdesk zurückgenommen',
    'record.waiting': 'Wartet auf Ihre Antwort',
    'record.reported': 'Als verdächtig gemeldet von {user}',
    'record.receiptGood': 'Unterschriebener Beleg: geprüft, unverändert',
    'record.receiptBad': 'Unterschriebener Beleg: er passt nicht',
    'record.receiptNone': 'Kein Beleg',
    'record.destination': 'Geht an',
    'record.left': 'Hat diesen Computer verlassen',
    'record.run': '{collector}: {rows} Zeilen, {bytes}, {state}',
    'record.nothingLeft': 'nichts',
    'record.ended': 'Beendet',
    'record.live': 'Erlaubt bis {until}',
    'record.revoke': 'Jetzt zurücknehmen',
    'record.newer': 'Neuere',
    'record.older': 'Ältere',
    'record.state.complete': 'vollständig',
    'record.state.truncated': 'an der Grenze abgeschnitten',
    'record.state.timeout': 'an der Zeitgrenze beendet',
    'record.state.denied': 'das System hat es nicht erlaubt',
    'record.state.unsupported': 'gibt es hier nicht',
    'record.state.cancelled': 'abgebrochen',
    'record.state.error': 'fehlgeschlagen',
    'record.state.running': 'noch offen',
    'end.revoked': 'von Ihnen zurückgenommen',
    'end.expired': 'die Zeit war abgelaufen',
    'end.withdrawn': 'vom Helpdesk beendet',
    'end.clock': 'die Uhr wurde zurückgestellt',
    'end.receipt-refused': 'vom Server nicht aufgenommen',

    'dialog.more': 'Für andere Antworten: askfirst-agent ui',
    'bytes.b': '{count} Bytes',
    'bytes.kb': '{count} kB',
    'bytes.mb': '{count} MB',
  },

  collectors: {
    'device.info': {
      title: 'Dieser Computer',
      tellUser:
        'Liest, was für ein Computer das ist: Hersteller und Modell, Betriebssystem, Prozessor, Arbeitsspeicher, Laufwerke, angeschlossene Geräte und ihre Treiber, Temperaturen, wie ausgelastet er ist, und Einstellungen des Systems. Wo das System es zulässt, auch Seriennummern.',
      notRead: 'Es liest nicht Ihre Dateien, Ihre Konten, welche Programme Sie benutzen oder was Sie getippt haben.',
      params: {
        sections: {
          description: 'Gruppen von Angaben',
          words: {
            system: 'Hersteller und Modell',
            operatingSystem: 'Betriebssystem',
            firmware: 'Startprogramm der Hauptplatine',
            board: 'Hauptplatine',
            chassis: 'Gehäuse',
            processor: 'Prozessor',
            memory: 'Arbeitsspeicher',
            graphics: 'Grafik und Bildschirme',
            storage: 'Laufwerke',
            network: 'Netzwerkkarten',
            power: 'Akku',
            sensors: 'Temperaturen und Lüfter',
            pci: 'eingebaute Geräte',
            usb: 'angesteckte Geräte',
            input: 'Tastatur und Maus',
            load: 'wie ausgelastet er ist',
            kernel: 'Kern des Systems',
            driver: 'Treiber',
            setting: 'Einstellungen des Systems',
            locale: 'Sprache und Zeitzone',
            security: 'Schutz des Systems',
            virtualisation: 'ob es ein virtueller Computer ist',
          },
        },
      },
    },
    'disk.space': {
      title: 'Speicherplatz',
      tellUser:
        'Liest, wie groß und wie voll jedes Laufwerk ist, wo es eingebunden ist und wie es heißt. Netzlaufwerke, mit den Namen ihrer Server, nur wenn es unten steht.',
      notRead: 'Es öffnet, zählt und nennt nicht Ihre Dateien und Ordner.',
      params: { includeNetwork: { description: 'Auch Netzlaufwerke' } },
    },
    'process.list': {
      title: 'Laufende Programme',
      tellUser:
        'Nennt die Programme, die gerade laufen: Name, Konto, wie viel von Prozessor, Arbeitsspeicher und Laufwerken jedes benutzt, und seit wann es läuft. Mit welchen Optionen jedes gestartet wurde, was Dateien und Adressen nennen kann, nur wenn es unten steht.',
      notRead:
        'Es liest nicht, was die Programme im Speicher haben, was Sie in sie getippt haben, und nicht ihre Fenster und offenen Dateien.',
      params: {
        top: { description: 'So viele Programme höchstens' },
        sort: {
          description: 'Welche zuerst kommen',
          words: {
            cpu: 'die den Prozessor am meisten benutzen',
            memory: 'die den meisten Arbeitsspeicher benutzen',
            io: 'die am meisten lesen und schreiben',
            started: 'die zuletzt gestartet wurden',
            name: 'nach dem Namen',
          },
        },
        sampleMs: { description: 'Zeit, über die ihr Verbrauch gemessen wird' },
        commandLine: { description: 'Auch mit welchen Optionen jedes gestartet wurde' },
      },
    },
    'service.list': {
      title: 'Hintergrunddienste',
      tellUser:
        'Nennt die Dienste, die das System von selbst startet: Name, ob jeder läuft oder ausgefallen ist, mit welchem Fehler, wann er startet und unter welchem Konto. Mit welchen Optionen jeder gestartet wird, nur wenn es unten steht.',
      notRead: 'Es startet, beendet und ändert keinen Dienst und liest nicht, womit ein Dienst arbeitet.',
      params: {
        states: {
          description: 'Dienste in diesen Zuständen',
          words: {
            running: 'läuft',
            starting: 'startet',
            stopping: 'wird beendet',
            paused: 'angehalten',
            finished: 'fertig',
            stopped: 'beendet',
            failed: 'ausgefallen',
            unknown: 'unbekannt',
          },
        },
        names: { description: 'Dienste mit diesen Namen' },
        commandLine: { description: 'Auch mit welchen Optionen jeder gestartet wird' },
      },
    },
    'eventlog.query': {
      title: 'Ereignisprotokoll',
      tellUser:
        'Liest, was Windows, macOS oder Linux und die Programme im Zeitfenster in die Protokolle des Systems geschrieben haben: Fehler, Warnungen und was zu ihnen führte. Solche Meldungen können Programme, Dateien, Konten und Adressen nennen und zeigen, wann dieser Computer benutzt wurde.',
      notRead:
        'Es liest keine Aufzeichnungen über Anmeldungen und Sicherheit, wenn es nicht unten steht, keine Protokolle, die Programme in eigenen Dateien führen, und nichts, was älter ist als das Zeitfenster.',
      params: {
        windowMinutes: { description: 'Reicht höchstens zurück' },
        from: { description: 'Früheste Zeit' },
        to: { description: 'Späteste Zeit' },
        levels: {
          description: 'Arten von Meldungen',
          words: {
            critical: 'schwere Fehler',
            error: 'Fehler',
            warning: 'Warnungen',
            information: 'Hinweise auf gewöhnliche Arbeit',
            verbose: 'Hinweise für Entwickler',
          },
        },
        ids: { description: 'Nummern von Meldungen unter Windows' },
        providers: { description: 'Meldungen dieser Programme oder Teile des Systems' },
        channels: { description: 'Protokolle, die gelesen werden; die anderer Systeme werden übergangen' },
        includeSecurity: { description: 'Auch Aufzeichnungen über Anmeldungen und Sicherheit' },
        maxRows: { description: 'So viele Meldungen höchstens, die neuesten zuerst' },
      },
    },
    'change.recent': {
      title: 'Letzte Änderungen',
      tellUser:
        'Nennt, was in den letzten Tagen installiert, aktualisiert oder entfernt wurde: Programme, Updates, Treiber und Dienste, mit Versionen und Zeiten und, wo das System es aufgeschrieben hat, wer es war und mit welchem Befehl.',
      notRead:
        'Es liest nicht Ihre Dokumente, nicht die Einstellungen von Programmen und nichts, was älter ist als die verlangten Tage.',
      params: {
        days: { description: 'Reicht höchstens zurück' },
        kinds: {
          description: 'Arten von Änderungen',
          words: {
            installed: 'Programme, die installiert wurden',
            updated: 'Programme, die aktualisiert wurden',
            downgraded: 'Programme, die auf eine ältere Version zurückgingen',
            removed: 'Programme, die entfernt wurden',
            driver: 'Treiber',
            service: 'Dienste',
            osUpdate: 'Updates des Systems',
          },
        },
        maxRows: { description: 'So viele Änderungen höchstens, die neuesten zuerst' },
      },
    },
    'net.config': {
      title: 'Netzwerkeinstellungen',
      tellUser:
        'Liest, wie dieser Computer verbunden ist: seine Netzwerkverbindungen mit ihren Adressen und ihrer Geschwindigkeit, welcher Weg ins Internet führt, und welche Server für ihn Namen nachschlagen. Adressen und die Namen von Netzen können zeigen, wo Sie sind.',
      notRead:
        'Es liest nicht, was gesendet oder empfangen wird, welche Seiten Sie besuchen, und keine Passwörter von Funknetzen.',
      params: {
        parts: {
          description: 'Teile, die gelesen werden',
          words: {
            host: 'Name dieses Computers im Netz',
            interface: 'Netzwerkverbindungen',
            address: 'Adressen',
            route: 'Wege zu anderen Netzen',
            dns: 'Server, die Namen nachschlagen',
          },
        },
      },
    },
  },
} as const satisfies TranslatedLanguage
