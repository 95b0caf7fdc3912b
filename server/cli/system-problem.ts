const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this account may not do that',
  EPERM: 'this account may not do that',
  EROFS: 'the disk is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is a file, not a directory',
  ENOENT: 'it does not exist',
  EISDIR: 'it is a directory',
}

/**
 * Says in one sentence what the operating system refused and what to do; null when the error is none of the system's that
 * a person can mend, so that it keeps its stack.
 */
export function systemProblem(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null
  if (error.code === 'EADDRINUSE' || error.code === 'EADDRNOTAVAIL') return listenProblem(error, error.code)
  const reason = REASONS[error.code]
  const path = 'path' in error && typeof error.path === 'string' ? error.path : null
  if (error.code === 'EACCES' && path === null && 'port' in error)
    return `Port ${String(error.port)} cannot be opened: this account may not use it. Give one above 1023.`
  return reason === undefined || path === null
    ? null
    : `${path} cannot be used: ${reason}. Look at the path in the configuration (askfirst-server config check).`
}

function listenProblem(error: Error, code: string): string {
  const port = 'port' in error ? String(error.port) : 'of the configuration'
  const address = 'address' in error ? String(error.address) : 'this machine'
  return code === 'EADDRINUSE'
    ? `Port ${port} on ${address} is taken by another program, maybe by a server that runs already. Stop it, or give another one with --port or --agent-port.`
    : `This machine does not have the address ${address}. Give one of its own with --listen or --agent-listen.`
}
