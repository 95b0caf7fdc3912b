import { createInProcessBus } from '@askfirst/server/bus/in-process.ts'
import { describeBus } from './bus-contract.ts'

describeBus('in-process', async () => {
  const errors: unknown[] = []
  return { bus: createInProcessBus((error) => errors.push(error)), errors }
})
