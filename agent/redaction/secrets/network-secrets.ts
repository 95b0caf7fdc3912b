import type { PatternRedactor } from '../redactor-kind.ts'
import { afterPrefix, SECRET_MARK, whole } from '../redactor-kind.ts'

/** SNMP communities, WireGuard and Wi-Fi keys, router passwords. */
export const networkSecrets: PatternRedactor = {
  name: 'network-secrets',
  hints: [
    'community',
    'snmp',
    'privatekey',
    'private-key',
    'presharedkey',
    'preshared-key',
    'wpa',
    'psk',
    'wep',
    'enable secret',
    'enable password',
    'radius',
    'tacacs',
  ],
  patterns: [
    { pattern: /\b(snmp-server\s{1,4}community\s{1,4})(?!\[secret\])\S+/gi, replace: afterPrefix },
    { pattern: /\b((?:ro|rw)community6?\s{1,4})(?!\[secret\])\S+/gi, replace: afterPrefix },
    {
      pattern: /\b(com2sec6?\s{1,4}(?:-Cn\s{1,4}\S{1,64}\s{1,4})?\S{1,64}\s{1,4}\S{1,64}\s{1,4})(?!\[secret\])\S+/gi,
      replace: afterPrefix,
    },
    {
      pattern: /\b(community(?:[_-]?(?:string|name))?["']?\s{0,4}[=:]\s{0,4}["']?)(?!\[secret\])[^\s"',;]+/gi,
      replace: afterPrefix,
    },
    {
      pattern:
        /\b(snmp(?:get|walk|bulkwalk|bulkget|set|status|table)\s[^\r\n|;]{0,200}?(?<=\s)-(?:c|A|X)\s{0,4})(?!\[secret\])[^\s]+/g,
      replace: afterPrefix,
    },
    {
      pattern:
        /\b((?:PrivateKey|PresharedKey|private-key|preshared-key)["']?\s{0,4}[=:]\s{0,4}["']?)(?!\[secret\])[A-Za-z0-9+/]{42,44}={0,2}/gi,
      replace: afterPrefix,
    },
    {
      pattern:
        /\b((?:wpa-psk|wpa_passphrase|psk|wep_key\d|wep-key\d)["']?\s{0,4}[=:\s]\s{0,4})(?!\[secret\])(?:"[^"\r\n]+"|[^\s"',;]+)/gi,
      replace: pskValue,
    },
    { pattern: /\b(enable\s{1,4}(?:secret|password)\s{1,4}(?:\d\s{1,4})?)(?!\[secret\])\S+/gi, replace: afterPrefix },
    {
      pattern: /\b((?:radius|tacacs)(?:-server)?\s[^\r\n]{0,100}?\bkey\s{1,4}(?:\d\s{1,4})?)(?!\[secret\])\S+/gi,
      replace: afterPrefix,
    },
  ],
}

/** `key-mgmt=wpa-psk` names a method and `psk` alone is a word of prose: only values of a key's length count. */
function pskValue(match: string, [prefix = '']: readonly string[]): string {
  const value = match.slice(prefix.length)
  if (value.startsWith('"')) return `${prefix}"${SECRET_MARK}"`
  return value.length >= 8 ? prefix + whole() : match
}
