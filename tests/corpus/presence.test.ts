import { expect, it } from 'vitest'
import { corpusFolder, corpusPaths, isCorpusRequired } from '../support/corpus.ts'

const MISSING =
  'corpus: no recordings of real machines here, so their tests are skipped; set ASKFIRST_CORPUS to their folder.'

it('has the recordings of real machines at hand, or says in one line that it has not', () => {
  if (corpusFolder === null && !isCorpusRequired) process.stderr.write(`${MISSING}\n`)
  else expect(corpusFolder, MISSING).not.toBeNull()
  expect(corpusFolder === null || corpusPaths().length > 0).toBe(true)
})
