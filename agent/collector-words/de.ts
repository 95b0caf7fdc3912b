import type { CollectorTranslation } from '@askfirst/protocol/notice/notice.ts'

/** The collectors' own words in German: what is read, what is not, and what each parameter means. */
export const de: Readonly<Record<string, CollectorTranslation>> = {
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
}
