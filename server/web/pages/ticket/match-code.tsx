import styles from './match-code.module.css'

/** The spelling words of the ITU and NATO; digits are said as they are. */
const SPELLED: Readonly<Record<string, string>> = {
  A: 'Alfa',
  B: 'Bravo',
  C: 'Charlie',
  D: 'Delta',
  E: 'Echo',
  F: 'Foxtrot',
  G: 'Golf',
  H: 'Hotel',
  I: 'India',
  J: 'Juliett',
  K: 'Kilo',
  L: 'Lima',
  M: 'Mike',
  N: 'November',
  O: 'Oscar',
  P: 'Papa',
  Q: 'Quebec',
  R: 'Romeo',
  S: 'Sierra',
  T: 'Tango',
  U: 'Uniform',
  V: 'Victor',
  W: 'Whiskey',
  X: 'X-ray',
  Y: 'Yankee',
  Z: 'Zulu',
}

/** The match code, big, with words to read it out: the person on the phone sees the same one on their screen. */
export function MatchCode({ code }: { readonly code: string }) {
  const spelled = [...code].map((character) => SPELLED[character] ?? character).join(' · ')
  return (
    <div className={styles.match}>
      <span className={styles.label}>Match code: read it out, they see the same</span>
      <strong className={styles.code}>{code}</strong>
      <span className={styles.spelled}>{spelled}</span>
    </div>
  )
}
