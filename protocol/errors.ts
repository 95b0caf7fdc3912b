/** One row of the error table; ERRORS.md has a paragraph for each, held equal by a guard test. */
export interface ErrorRow {
  /** HTTP status where the error crosses the API; for errors of the agent link the nearest one. */
  readonly status: number
  /** Whether trying the same again later may work. */
  readonly retry: boolean
  /** Plain text for the person who caused it: what went wrong and what to do. */
  readonly text: string
}

/** Every error code that crosses a boundary. Codes keep their meaning for ever. */
export const ERRORS = {
  // The request itself
  INVALID_REQUEST: {
    status: 400,
    retry: false,
    text: 'Something in the request is not as it must be. The details name the field.',
  },
  NOT_FOUND: { status: 404, retry: false, text: 'There is nothing here, or you may not know of it.' },
  METHOD_NOT_ALLOWED: { status: 405, retry: false, text: 'This address does not take this kind of request.' },
  PAYLOAD_TOO_LARGE: { status: 413, retry: false, text: 'What you sent is too large. The details name the limit.' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    retry: false,
    text: 'Send JSON with the header "content-type: application/json".',
  },
  CONFLICT: {
    status: 409,
    retry: false,
    text: 'Someone changed this meanwhile, or it is not in a state that allows it. Load it again.',
  },
  TICKET_NOT_CLOSABLE: {
    status: 409,
    retry: false,
    text: 'Something stands in the way of closing this ticket. The details say what.',
  },
  ERASURE_BLOCKED: {
    status: 409,
    retry: false,
    text: 'A ticket of this person is open or on legal hold. Close it or end the hold first; the details name it.',
  },
  RATE_LIMITED: {
    status: 429,
    retry: true,
    text: 'Too many tries in a short time. Wait as long as the header "retry-after" says.',
  },
  INTERNAL: {
    status: 500,
    retry: true,
    text: 'Something failed on the server. It was logged with the request id; try again or tell an admin.',
  },
  UNAVAILABLE: {
    status: 503,
    retry: true,
    text: 'The server is starting, stopping or overloaded. Try again in a moment.',
  },
  // Who you are
  NOT_SIGNED_IN: { status: 401, retry: false, text: 'Sign in first, or send an API token.' },
  SIGN_IN_FAILED: { status: 401, retry: false, text: 'E-mail or password is not right.' },
  SECOND_FACTOR_REQUIRED: {
    status: 401,
    retry: false,
    text: 'The password is right. Now show your second factor; the details say which you have.',
  },
  SECOND_FACTOR_FAILED: {
    status: 401,
    retry: false,
    text: 'This code or passkey is not right, or was used before. Wait for the next code and try again.',
  },
  SIGN_IN_EXPIRED: { status: 401, retry: false, text: 'The sign-in took too long. Begin again with your password.' },
  SECOND_FACTOR_MISSING: {
    status: 403,
    retry: false,
    text: 'Your organisation requires a second factor. Set one up first.',
  },
  PASSWORD_NEEDED: { status: 403, retry: false, text: 'Type your password once more to go on.' },
  PASSKEY_REFUSED: { status: 400, retry: false, text: 'The passkey could not be added. Try again.' },
  PASSKEY_NEEDS_NAME: {
    status: 409,
    retry: false,
    text: 'Passkeys belong to a name, not to an IP address. Open this server by its name.',
  },
  INVITATION_INVALID: {
    status: 403,
    retry: false,
    text: 'This invitation does not work (any more). Ask an admin for a new link.',
  },
  NOT_ALLOWED: { status: 403, retry: false, text: 'Your role does not allow this. Ask an admin if you need it.' },
  CSRF_REFUSED: {
    status: 403,
    retry: false,
    text: "The request did not come from this server's own page. Load the page again.",
  },
  SETUP_DONE: { status: 404, retry: false, text: 'This server is set up already. Sign in.' },
  SETUP_LINK_INVALID: {
    status: 403,
    retry: false,
    text: 'This set-up link is not valid. Use the one that the server printed last.',
  },
  // Enrolment and certificates
  ENROLMENT_CODE_INVALID: {
    status: 403,
    retry: false,
    text: 'The enrolment code is unknown, used up, revoked or expired. Ask an admin for a new one.',
  },
  CSR_INVALID: {
    status: 400,
    retry: false,
    text: 'The signing request is not a P-256 request with a valid proof of possession.',
  },
  CERTIFICATE_REFUSED: {
    status: 403,
    retry: false,
    text: "The certificate is missing, expired, revoked or not from this server's authority.",
  },
  DEVICE_QUARANTINED: { status: 409, retry: true, text: "The device waits for an admin's approval." },
  DEVICE_OFFLINE: { status: 409, retry: true, text: 'The device is not connected now. Try again when it is online.' },
  // Consent
  GRANT_UNKNOWN: { status: 409, retry: false, text: 'There is no such permission on the device. Ask the person.' },
  GRANT_NOT_YET: {
    status: 409,
    retry: true,
    text: 'The permission counts for an appointment that has not begun. Nothing is read before it begins.',
  },
  GRANT_EXPIRED: { status: 409, retry: false, text: 'The permission has ended. Ask the person again.' },
  GRANT_REVOKED: { status: 409, retry: false, text: 'The person took the permission back.' },
  GRANT_OTHER_TECHNICIAN: {
    status: 409,
    retry: false,
    text: 'The permission was given to another technician. Ask the person yourself.',
  },
  GRANT_OTHER_TICKET: { status: 409, retry: false, text: 'The permission was given for another ticket.' },
  GRANT_OTHER_DEVICE: { status: 409, retry: false, text: 'The permission was given for another device.' },
  GRANT_COLLECTOR_NOT_ALLOWED: { status: 409, retry: false, text: 'The person did not allow this collector.' },
  GRANT_PARAMS_EXCEEDED: { status: 409, retry: false, text: 'The parameters go beyond what the person allowed.' },
  REQUEST_UNKNOWN: { status: 404, retry: false, text: 'There is no such consent request.' },
  REQUEST_CLOSED: { status: 409, retry: false, text: 'The request was answered, withdrawn or has expired.' },
  REQUEST_TOO_MANY: { status: 429, retry: true, text: 'Too many requests wait for an answer on this device.' },
  REQUEST_INVALID: { status: 400, retry: false, text: 'The device did not accept the request. The details say why.' },
  REQUEST_FORBIDDEN_BY_POLICY: {
    status: 409,
    retry: false,
    text: "The device's local policy does not allow this request.",
  },
  AGENT_TOO_OLD: {
    status: 409,
    retry: false,
    text: 'The agent on the device is too old to be asked for an appointment. Update it, or ask when the appointment begins.',
  },
  TECHNICIAN_REPORTED: {
    status: 409,
    retry: false,
    text: 'The person at the device reported this technician. A lead must look at the report before they can ask again.',
  },
  RECEIPT_INVALID: {
    status: 400,
    retry: false,
    text: "The receipt's signature or content is not valid; it was not recorded.",
  },
  STATEMENT_INVALID: {
    status: 400,
    retry: false,
    text: "What the person said could not be verified: it is not signed by the device's key, or does not fit its ticket.",
  },
  ATTACHMENT_INVALID: {
    status: 400,
    retry: false,
    text: 'The file is not what was stated: its kind, length or hash differs, or it is too large.',
  },
  TOO_MANY_TICKETS: {
    status: 429,
    retry: false,
    text: 'This device has too many open tickets, or said too much within an hour. Reply in one that is open.',
  },
  ASK_CLOSED: {
    status: 409,
    retry: false,
    text: 'The question of the desk takes no answer any more: it was answered, taken back, or its time is over.',
  },
  GRANT_WITHDRAWN: {
    status: 409,
    retry: false,
    text: 'The desk ended this permission: the request was taken back, or the ticket was closed or handed over. Ask again.',
  },
  // Runs
  COLLECTOR_UNKNOWN: { status: 400, retry: false, text: 'The device has no such collector.' },
  COLLECTOR_UNAVAILABLE: {
    status: 409,
    retry: false,
    text: 'The collector cannot run on this device: another system, or switched off by local policy.',
  },
  PARAMS_INVALID: {
    status: 400,
    retry: false,
    text: "The collector's parameters are not valid. The details name the field.",
  },
  RUN_UNKNOWN: { status: 404, retry: false, text: 'There is no such run.' },
  RUN_DUPLICATE: { status: 409, retry: false, text: 'A run with this id exists already.' },
  RUN_TOO_MANY: { status: 429, retry: true, text: 'Too many runs are open on this device. Wait for one to end.' },
  RUN_LIMIT_ROWS: { status: 200, retry: false, text: 'The run was cut at its limit of rows.' },
  RUN_LIMIT_BYTES: { status: 200, retry: false, text: 'The run was cut at its limit of bytes.' },
  RUN_TIMEOUT: { status: 200, retry: true, text: 'The run was stopped at its time limit; what was read before stays.' },
  RUN_NO_PROGRESS: {
    status: 200,
    retry: true,
    text: 'The source delivered nothing for too long; the run was stopped.',
  },
  RUN_CANCELLED: { status: 200, retry: false, text: 'The run was cancelled.' },
  RUN_REVOKED: { status: 200, retry: false, text: 'The person ended the session while the run was on.' },
  RUN_DISCARDED: { status: 200, retry: false, text: 'The person looked at the rows and chose not to send them.' },
  RUN_HOST_DIED: { status: 200, retry: true, text: "The collector's process ended unexpectedly." },
  RUN_AGENT_RESTARTED: {
    status: 200,
    retry: true,
    text: 'The agent restarted while the run was on; what was read before stays.',
  },
  RUN_LOST: { status: 200, retry: true, text: 'The device no longer knows of the run; what was stored before stays.' },
  RUN_ROWS_WITHHELD: {
    status: 409,
    retry: false,
    text: 'No rows of this run are shown: the device sent a piece that does not hold what it says.',
  },
  RUN_ROWS_TOO_MANY: {
    status: 422,
    retry: false,
    text: 'Too many rows for this: narrow them by words, level, provider or time first.',
  },
  RUN_SPOOL_FULL: { status: 200, retry: true, text: 'The device had no room left for rows that wait to be sent.' },
  SOURCE_DENIED: {
    status: 200,
    retry: false,
    text: 'The operating system did not allow the agent to read the source.',
  },
  SOURCE_MISSING: {
    status: 200,
    retry: false,
    text: 'The program or file that the collector reads from does not exist there.',
  },
  SOURCE_FAILED: { status: 200, retry: true, text: 'The program that the collector reads from failed.' },
  PLATFORM_UNSUPPORTED: { status: 200, retry: false, text: 'The collector does not exist for this operating system.' },
  COLLECTOR_FAILED: { status: 200, retry: true, text: 'The collector failed. The reason is in the record.' },
  // The link
  MESSAGE_INVALID: {
    status: 400,
    retry: false,
    text: 'A message did not match the protocol; the connection was closed.',
  },
  CHUNK_HASH_MISMATCH: { status: 400, retry: false, text: 'A piece of rows does not match its hash.' },
  CHUNK_BODY_INVALID: { status: 400, retry: false, text: 'A piece of rows does not hold what its header says.' },
  CHUNK_OUT_OF_ORDER: { status: 400, retry: false, text: 'A piece of rows came out of order.' },
  CHUNK_RUN_CLOSED: { status: 409, retry: false, text: "Rows came for a run that has ended or is not this device's." },
  // The agent's local channel
  LOCAL_AUTH_FAILED: {
    status: 403,
    retry: false,
    text: 'This account may not talk to the agent, or the agent is not running.',
  },
  LOCAL_REQUEST_INVALID: { status: 400, retry: false, text: 'The agent did not understand the command.' },
  DATA_DIRECTORY_UNSAFE: {
    status: 409,
    retry: false,
    text: "Other accounts can change the agent's data directory, so nothing in it can be trusted.",
  },
  NOT_ENROLLED: {
    status: 409,
    retry: false,
    text: 'This computer is not enrolled yet. Run "askfirst-agent enrol CODE" first.',
  },
  ALREADY_ENROLLED: {
    status: 409,
    retry: false,
    text: 'This computer is enrolled already. An administrator can move it with "askfirst-agent enrol CODE --replace".',
  },
} as const satisfies Record<string, ErrorRow>

export type ErrorCode = keyof typeof ERRORS

/** Whether a text is a code of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text)
}

/** An error that may cross a boundary: a code of the table, and for engineers what was attempted and why it failed. */
export class AskFirstError extends Error {
  readonly code: ErrorCode
  /** Field paths or figures that help the caller; never secrets or collected content. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly details?: Record<string, unknown> } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'AskFirstError'
    this.code = code
    this.details = options.details ?? {}
  }
}
