import type { PatternRedactor } from '../redactor-kind.ts'
import { afterPrefix, SECRET_MARK } from '../redactor-kind.ts'

/** A flag's value: quoted, or up to the next blank. */
const VALUE = `(?!\\[secret\\])(?:"[^"\\r\\n]+"|'[^'\\r\\n]+'|[^\\s"'][^\\s]*)`
/** Between a program and its flag: arguments of the same command, bounded. */
const ARGUMENTS = '[^\\r\\n|;]{0,400}?'

/** Flags of programs that take a password in a form of their own. */
export const commandFlags: PatternRedactor = {
  name: 'command-flags',
  hints: [
    'mysql',
    'mariadb',
    'sshpass',
    'curl',
    'wget',
    'docker',
    'podman',
    'redis-cli',
    'net use',
    'plink',
    'psexec',
    'ldapsearch',
    'ldapmodify',
    'smbclient',
    'mount.cifs',
    'rdesktop',
    'xfreerdp',
    'wfreerdp',
    'openssl',
    'htpasswd',
    'ipmitool',
    'sqlcmd',
    'bcp',
    '7z',
    'unzip',
    'runas',
    'cmdkey',
    'schtasks',
    'net user',
    'helm',
    'skopeo',
    'mongo',
  ],
  patterns: [
    flag('(?:mysql|mysqldump|mysqladmin|mariadb|mariadb-dump)(?:\\.exe)?', '-p'),
    flag('sshpass', '-p\\s{0,4}'),
    flag('(?:curl|wget)(?:\\.exe)?', '(?:-u|-U|--user|--proxy-user)[\\s=]{0,4}'),
    flag('(?:docker|podman|helm|skopeo)(?:\\.exe)?', '(?:-p\\s{0,4}|--(?:dest-|src-)?creds[\\s=]{1,4})'),
    flag('redis-cli(?:\\.exe)?', '(?:-a|--pass)[\\s=]{1,4}'),
    flag('(?:plink|psexec(?:64)?|sqlcmd|bcp|ipmitool|mongo|mongosh|mongodump)(?:\\.exe)?', '(?:-pw|-p|-P)\\s{0,4}'),
    flag('(?:ldapsearch|ldapmodify|ldapadd)', '-w\\s{0,4}'),
    flag('(?:rdesktop)', '-p\\s{0,4}'),
    flag('(?:xfreerdp|wfreerdp)(?:\\.exe)?', '/p:'),
    flag('(?:smbclient|mount\\.cifs)', '(?:-U\\s{0,4})'),
    flag('(?:7z|7za|unzip)(?:\\.exe)?', '(?:-p|-P\\s{1,4})'),
    flag('openssl', '-pass(?:in|out)?\\s{1,4}(?:pass:)?'),
    flag('(?:schtasks|cmdkey)(?:\\.exe)?', '/(?:rp|p|pass)[:\\s]{1,4}'),
    {
      pattern: new RegExp(
        `\\b(htpasswd\\s{1,4}-[a-z]{0,6}b[a-z]{0,6}\\s{1,4}\\S{1,200}\\s{1,4}\\S{1,100}\\s{1,4})${VALUE}`,
        'gi',
      ),
      replace: afterPrefix,
    },
    {
      pattern:
        /\b(net1?(?:\.exe)?\s{1,4}use\s{1,4}(?:\S{1,200}\s{1,4}){1,2})(?!\/|\[secret\])[^\s/][^\s]*(?=\s{1,4}\/user:)/gi,
      replace: afterPrefix,
    },
    {
      pattern: /\b(net1?(?:\.exe)?\s{1,4}user\s{1,4}[^\s/]{1,200}\s{1,4})(?![/*]|\[secret\])[^\s]+/gi,
      replace: afterPrefix,
    },
  ],
}

function flag(program: string, name: string) {
  return {
    pattern: new RegExp(`((?<![\\w-])${program}\\s${ARGUMENTS}(?<=\\s)${name})(${VALUE})`, 'g'),
    replace: (_match: string, [prefix = '']: readonly string[]) => `${prefix}${SECRET_MARK}`,
  }
}
