import { LIMITS } from './limits.ts'

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])

/**
 * Says in one sentence which bound a parsed JSON value breaks (L5 to L8), or null. Keys that JavaScript gives a meaning
 * of their own are refused as well.
 */
export function jsonBoundsProblem(value: unknown): string | null {
  return check(value, 1)
}

function check(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return stringProblem(value)
  if (typeof value !== 'object' || value === null) return null
  if (depth > LIMITS.maxDepth) return `nested deeper than ${LIMITS.maxDepth}`
  return Array.isArray(value) ? arrayProblem(value, depth) : objectProblem(value, depth)
}

function stringProblem(value: string): string | null {
  if (value.length > LIMITS.maxStringLength) return `a string of ${value.length} characters is too long`
  return value.isWellFormed() ? null : 'a string has a lone surrogate'
}

function arrayProblem(value: readonly unknown[], depth: number): string | null {
  if (value.length > LIMITS.maxArrayLength) return `an array of ${value.length} members is too long`
  for (const member of value) {
    const problem = check(member, depth + 1)
    if (problem !== null) return problem
  }
  return null
}

function objectProblem(value: object, depth: number): string | null {
  const entries = Object.entries(value)
  if (entries.length > LIMITS.maxKeys) return `an object of ${entries.length} keys is too large`
  for (const [key, member] of entries) {
    if (FORBIDDEN_KEYS.has(key)) return `the key ${key} is not allowed`
    const problem = stringProblem(key) ?? check(member, depth + 1)
    if (problem !== null) return problem
  }
  return null
}
