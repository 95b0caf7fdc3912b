/** One thing that must work before the server takes requests. */
export interface ReadinessCheck {
  readonly name: string
  /** Rejects when it does not work now. */
  readonly check: () => Promise<void>
}

export interface Readiness {
  readonly ready: boolean
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[]
}

export type HealthService = ReturnType<typeof createHealthService>

/** Longest time for one check; a store that hangs is not ready. */
const CHECK_MS = 2_000

/** Whether this process can serve: every check passes and it is not shutting down. */
export function createHealthService(
  checks: readonly ReadinessCheck[],
  onFailure: (name: string, cause: unknown) => void = () => undefined,
) {
  let draining = false
  return {
    /** From here on the server is not ready: it finishes what it has and takes nothing new. */
    drain(): void {
      draining = true
    },
    async readiness(): Promise<Readiness> {
      const results = await Promise.all(
        checks.map(async ({ name, check }) => ({ name, ok: await passes(check, (cause) => onFailure(name, cause)) })),
      )
      const all = [{ name: 'serving', ok: !draining }, ...results]
      return { ready: all.every((result) => result.ok), checks: all }
    },
  }
}

async function passes(check: () => Promise<void>, onFailure: (cause: unknown) => void): Promise<boolean> {
  const late = AbortSignal.timeout(CHECK_MS)
  const timeout = new Promise<boolean>((resolve) => {
    late.addEventListener('abort', () => resolve(false), { once: true })
  })
  const outcome = check().then(
    () => true,
    (cause: unknown) => {
      onFailure(cause)
      return false
    },
  )
  return Promise.race([outcome, timeout])
}
