import { statfsSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'

/** Answers `{ id, path }` with `{ id, figures }`; `figures` is null when the system has none. Blocks only this thread. */
parentPort?.on('message', (question: { readonly id: number; readonly path: string }) => {
  parentPort?.postMessage({ id: question.id, figures: figuresOf(question.path) })
})

function figuresOf(path: string) {
  try {
    const { bsize, blocks, bfree, bavail, files, ffree } = statfsSync(path)
    return {
      sizeBytes: blocks * bsize,
      freeBytes: bfree * bsize,
      availableBytes: bavail * bsize,
      inodes: files,
      inodesFree: ffree,
    }
  } catch {
    return null // Not there or not allowed: the interface says null.
  }
}
