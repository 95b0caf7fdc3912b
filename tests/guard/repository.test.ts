import { describe, expect, it } from 'vitest'
import { repositoryFiles, textOf } from '../support/repository.ts'

const files = repositoryFiles()
const code = files.filter((name) => /\.(ts|mjs)$/.test(name))
const tests = files.filter((name) => name.startsWith('tests/') && name.endsWith('.test.ts'))

describe('the repository', () => {
  it('has no product file of more than 400 lines', () => {
    // A language is one file, however much there is to say: what is long there is a list.
    const product = code.filter((name) => !/^(tests|protocol\/languages)\//.test(name))
    expect(product.filter((name) => textOf(name).split('\n').length > 401)).toEqual([])
  })

  it('names no package registry and no path of a machine it was made on', () => {
    const registry = new RegExp(`//${'registry'}\\.|"resolved": *"http`)
    const home = new RegExp(`(^|[\\s"'(=])/${'work'}/[a-z]`)
    const suspects = files.filter((name) => !/\.(png|zst|zip|gz)$/.test(name))
    expect(suspects.filter((name) => registry.test(textOf(name)) || home.test(textOf(name)))).toEqual([])
  })

  it('names in its READMEs only scripts that package.json has', () => {
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> }
    const usual = new Set(['ci', 'install', 'audit', 'run'])
    const named = files
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...textOf(name).matchAll(/(?:^|`)npm (?:run )?([a-z][a-z0-9:-]*)/gm)].map(([, script = '']) => script),
      )
    expect(
      [...new Set(named)].filter(
        (script) =>
          !usual.has(script) && scripts[script] === undefined && script !== 'packages' && script !== 'package',
      ),
    ).toEqual([])
  })

  it('lists every rule of SPEC.md in the name of at least one test', () => {
    const rules = [...textOf('protocol/SPEC.md').matchAll(/^(?:- |\| )\*\*([A-Z]\d+)\*\*/gm)].map(
      ([, rule = '']) => rule,
    )
    const names = tests.map(textOf).join('\n')
    expect(rules.length).toBeGreaterThan(80)
    expect(rules.filter((rule) => !new RegExp(`\\[(?:[A-Z]\\d+, ?)*${rule}(?:, ?[A-Z]\\d+)*\\]`).test(names))).toEqual(
      [],
    )
  })

  it('has no test that is focused, left to do, or skipped without a condition', () => {
    const marks = /\b(?:it|test|describe)\.(?:skip|only|todo|fails)\b/
    expect(tests.filter((name) => marks.test(textOf(name)))).toEqual([])
  })

  it('has an assertion in every test file', () => {
    expect(tests.filter((name) => !/\bexpect\b|\bassert\b|-contract\.ts'/.test(textOf(name)))).toEqual([])
  })

  it('names in the configuration of the tests only files that exist', () => {
    const named = [...textOf('tests/vitest.config.ts').matchAll(/'(tests\/[^'*]+)'/g)].map(([, name = '']) => name)
    expect(named.length).toBeGreaterThan(0)
    expect(named.filter((name) => !files.includes(name))).toEqual([])
  })

  it('links in its documents only to files that exist', () => {
    const known = new Set(files)
    const broken = files
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...textOf(name).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(
          ([, link = '']) => [name, resolve(name, link)] as const,
        ),
      )
      .filter(
        ([, target]) =>
          !known.has(target) && !files.some((file) => file.startsWith(target.endsWith('/') ? target : `${target}/`)),
      )
    expect(broken).toEqual([])
  })
})

function resolve(from: string, link: string): string {
  return new URL(link, `file:///${from}`).pathname.slice(1)
}
