/**
 * Every bound of the wire, in one place (SPEC rules L1 to L23). Bytes and milliseconds unless the name says otherwise.
 * The reasons behind the figures stand in decisions/0004-limits.md.
 */
export const LIMITS = {
  /** [L1] Longest JSON text frame, in UTF-8 bytes. */
  maxTextFrameBytes: 262_144,
  /** [L2] Longest binary frame: header and compressed body together. */
  maxChunkFrameBytes: 262_144,
  /** [L3] Most bytes one chunk may decompress to. */
  maxChunkRawBytes: 1_048_576,
  /** [L4] Most rows in one chunk. */
  maxChunkRows: 4_096,
  /** [L5] Deepest nesting of objects and arrays in a message. */
  maxDepth: 16,
  /** [L6] Longest string in a message, in UTF-16 code units. */
  maxStringLength: 65_536,
  /** [L7] Most members of one array in a message. */
  maxArrayLength: 1_024,
  /** [L8] Most keys of one object in a message. */
  maxKeys: 256,
  /** [L9] Unacknowledged chunk bytes that the server lets one socket have in flight at the start. */
  initialCreditBytes: 65_536,
  /** [L10] Most unacknowledged chunk bytes on one socket. */
  maxCreditBytes: 4_194_304,
  /** [L11] Longest row after redaction, as UTF-8 bytes of JSON; a longer one is cut and counted. */
  maxRowBytes: 65_536,
  /** [L12] Most chunks of one run. */
  maxChunksPerRun: 65_536,
  /** [L13] Most runs that one agent holds open at once. */
  maxOpenRuns: 32,
  /** [L14] Longest grant, whatever the request says. */
  maxGrantMs: 8 * 3_600_000,
  /** [L15] Longest time that a request may wait for an answer. */
  maxAnswerMs: 24 * 3_600_000,
  /** [L16] Most collectors in one consent request. */
  maxCollectorsPerRequest: 32,
  /** [L17] Most requests waiting for an answer on one device. */
  maxPendingRequests: 16,
  /** [L18] Longest file that a person adds. */
  maxAttachmentBytes: 5_242_880,
  /** [L19] Most files of one statement. */
  maxAttachments: 6,
  /** [L20] Most bytes of a file in one message. */
  maxAttachmentPieceBytes: 49_152,
  /** [L21] Most tickets of one device's people that are not closed. */
  maxOwnTickets: 16,
  /** [L22] Most statements of one device within an hour. */
  maxStatementsPerHour: 60,
  /** [L23] Most questions of the desk that stand open in one ticket. */
  maxOpenAsks: 8,
} as const

/** WebSocket close codes of this protocol (4000 to 4999 are for applications, RFC 6455 section 7.4.2). */
export const CLOSE = {
  normal: 1000,
  serverRestart: 1012,
  invalidMessage: 4000,
  versionMismatch: 4001,
  certificateRevoked: 4002,
  replaced: 4003,
  quarantined: 4004,
  idle: 4005,
  tooFast: 4006,
} as const
