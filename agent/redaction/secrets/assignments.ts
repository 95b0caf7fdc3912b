import type { PatternRedactor } from '../redactor-kind.ts'
import { afterPrefix, SECRET_MARK } from '../redactor-kind.ts'

/** Words for a secret in English, German, French, Spanish, Italian, Portuguese and Dutch, as parts of a key's name. */
const SECRET_WORDS = [
  'password',
  'passwd',
  'passphrase',
  'passwort',
  'kennwort',
  'geheimnis',
  'mot de passe',
  'mot_de_passe',
  'motdepasse',
  'mdp',
  'contraseña',
  'contrasena',
  'senha',
  'wachtwoord',
  'parola',
  'secret',
  'token',
  'apikey',
  'api_key',
  'api-key',
  'accesskey',
  'access_key',
  'access-key',
  'privatekey',
  'private_key',
  'private-key',
  'credential',
  'registration_key',
  'registration-key',
  'registrationkey',
  'encryption_key',
  'psk',
  'pwd',
  'passcode',
  'passw',
  'sharedkey',
  'shared_key',
  'presharedkey',
  'client_key',
  'account_key',
  'licensekey',
  'license_key',
] as const

/** Words that are a key only when they stand alone: inside others they mean something else (`bypass`, `enclave`). */
const WHOLE_WORDS = ['pass', 'pw', 'clave', 'pin', 'auth', 'senha', 'sesskey', 'sessionid', 'session_id', 'sid_token']

const INNER = SECRET_WORDS.map((word) => word.replace(/[ -]/g, '[ _-]')).join('|')
/** A key's name: one of the words with what may stand around it (`DB_PASSWORD_2`, `newPassword`), or a whole word. */
const KEY = `(?<![A-Za-z0-9])(?:[\\w.-]{0,40}?(?:${INNER})[\\w.-]{0,24}|(?:${WHOLE_WORDS.join('|')}))`
const NOT_DONE = '(?!\\[secret\\])'
/** A value in escaped quotes, in quotes, or up to the next blank or separator. */
const VALUE = [
  `\\\\"${NOT_DONE}(?:[^"\\\\]|\\\\(?!"))+\\\\"`,
  `"${NOT_DONE}(?:[^"\\\\\\r\\n]|\\\\.)+"`,
  `'${NOT_DONE}[^'\\r\\n]+'`,
  `${NOT_DONE}[^\\s"',;&|<>)}\\]\\\\=:][^\\s"',;&|<>)}\\]\\\\]*`,
].join('|')
const SEPARATOR = '(?:=>|:=|==|=|:|%3D|\\\\u003d)'

/** `key=value`, `key: value`, `"key": "value"`, `\"key\": \"value\"`, `<key>value</key>`, `--key value`, `/key:value`. */
export const assignments: PatternRedactor = {
  name: 'assignments',
  hints: [...SECRET_WORDS, ...WHOLE_WORDS],
  patterns: [
    {
      pattern: new RegExp(`(${KEY}(?:\\\\?["'])?\\s{0,8}${SEPARATOR}\\s{0,8})(${VALUE})`, 'gi'),
      replace: (match, [prefix = '', value = '']) => (isPlainWord(prefix, value) ? match : prefix + quoted(value)),
    },
    {
      pattern: new RegExp(`((?:^|[\\s"'])(?:--?|/)${KEY}\\s{1,8})(?!-)(${VALUE})`, 'gi'),
      replace: (_match, [prefix = '', value = '']) => prefix + quoted(value),
    },
    { pattern: new RegExp(`(<${KEY}>)(?!\\[secret\\])[^<]{1,4096}(?=</)`, 'gi'), replace: afterPrefix },
  ],
}

/** Keeps the quotes, so that JSON stays JSON. */
function quoted(value: string): string {
  if (value.startsWith('\\"')) return `\\"${SECRET_MARK}\\"`
  const [first = ''] = value
  return first === '"' || first === "'" ? `${first}${SECRET_MARK}${first}` : SECRET_MARK
}

/** Values that say whether there is a secret, not which: `password: yes`, `PasswordLastSet=null`. */
function isPlainWord(prefix: string, value: string): boolean {
  if (/^(?:true|false|yes|no|null|none|nil|unset|empty|required|expired|\*{2,})$/i.test(value)) return true
  return /(?:path|file|length|count|age|expires|lastset|policy)["'\\]{0,2}\s*[=:]/i.test(prefix)
}
