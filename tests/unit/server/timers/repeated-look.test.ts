import { RepeatedLook } from '@askfirst/server/timers/repeated-look.ts'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

let looks = 0
let done: (() => void)[] = []
const look = () => {
  looks += 1
  return new Promise<void>((resolve) => done.push(resolve))
}
/** Ends the look that is on. */
async function end(): Promise<void> {
  done.shift()?.()
  await vi.advanceTimersByTimeAsync(0)
}
beforeEach(() => {
  vi.useFakeTimers()
  looks = 0
  done = []
})
afterEach(() => vi.useRealTimers())

test('it looks at the start and every so often, and never twice at a time', async () => {
  const repeated = new RepeatedLook(look)
  repeated.start(1_000)
  expect(looks).toBe(1)
  await vi.advanceTimersByTimeAsync(5_000)
  expect(looks).toBe(1)
  expect(repeated.now()).toBe(repeated.now())
  await end()
  await vi.advanceTimersByTimeAsync(999)
  expect(looks).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(looks).toBe(2)
  await end()
  await repeated.close()
})

test('it stops after the look that is on, and looks no more', async () => {
  const repeated = new RepeatedLook(look)
  repeated.start(1_000)
  let isClosed = false
  const closed = repeated.close().then(() => {
    isClosed = true
  })
  await vi.advanceTimersByTimeAsync(3_000)
  expect([looks, isClosed]).toEqual([1, false])
  await end()
  await closed
  await vi.advanceTimersByTimeAsync(3_000)
  expect(looks).toBe(1)
})
