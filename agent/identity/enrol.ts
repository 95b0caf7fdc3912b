import { request } from 'node:https'
import { arch, hostname, release, type } from 'node:os'
import type { Platform } from '@askfirst/protocol/catalogue-entry.ts'
import { PLATFORMS } from '@askfirst/protocol/catalogue-entry.ts'
import type { EnrolmentRequest } from '@askfirst/protocol/enrolment.ts'
import { EnrolmentAnswer } from '@askfirst/protocol/enrolment.ts'
import type { EnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { decodeEnrolmentCode } from '@askfirst/protocol/enrolment-code.ts'
import { AskFirstError, isErrorCode } from '@askfirst/protocol/errors.ts'
import { schemaCheck } from '@askfirst/protocol/schema-check.ts'
import { secureDataDirectory } from '../data-directory.ts'
import { makeSigningRequest } from './csr.ts'
import type { IdentityFile } from './identity.ts'
import { checkCertificate, dropDeviceKey, isEnrolled, makeDeviceKey, saveIdentity } from './identity.ts'
import { machineIdHash, readMachineId } from './machine-id.ts'
import type { ProxySettings } from './pinned-server.ts'
import { fetchPinnedAuthority, httpsAgent, serverName, unreachable } from './pinned-server.ts'

export interface EnrolOptions {
  readonly dataDir: string
  /** The enrolment code as the admin handed it over. */
  readonly code: string
  /** Moves a computer that is enrolled already; only its administrator can write to `dataDir`. */
  readonly replace?: boolean
  readonly proxy?: ProxySettings
  readonly agentVersion: string
  /** Absent: the computer's own name. */
  readonly name?: string
  /** Absent: the operating system's id of this installation. */
  readonly machineId?: string
}

/** What came of an enrolment, for the command line. */
export interface Enrolled {
  readonly identity: IdentityFile
  readonly standing: EnrolmentAnswer['standing']
}

const ANSWER_MS = 30_000
/** Two certificates and some words are far shorter. */
const MAX_ANSWER_BYTES = 65_536
const answerValidator = schemaCheck(EnrolmentAnswer)

/**
 * Enrols this computer (SPEC H1 to H5): reads the code, checks that the server shows the pinned authority, makes a key,
 * gets a certificate for it, checks that too, and stores all in one step. After a failure the earlier state stands.
 *
 * @throws AskFirstError `ALREADY_ENROLLED`, `ENROLMENT_CODE_INVALID`, `CERTIFICATE_REFUSED`, `UNAVAILABLE`, or the server's code
 */
export async function enrol(options: EnrolOptions): Promise<Enrolled> {
  if (isEnrolled(options.dataDir) && options.replace !== true) {
    throw new AskFirstError('ALREADY_ENROLLED', `${options.dataDir} holds an identity already.`)
  }
  secureDataDirectory(options.dataDir, [])
  const code = decodeEnrolmentCode(options.code)
  if ('problem' in code) throw new AskFirstError('ENROLMENT_CODE_INVALID', code.problem)
  const authorityPem = await fetchPinnedAuthority(code, code.authoritySha256, options.proxy ?? {})
  const made = makeDeviceKey(options.dataDir)
  try {
    const body = await enrolRequest(options, code, makeSigningRequest(made.key, 'AskFirst device'))
    const answer = await postEnrol(code, authorityPem, body, options.proxy ?? {})
    const authoritySha256 = Buffer.from(code.authoritySha256).toString('hex')
    const checked = { deviceId: answer.deviceId, authoritySha256, key: made.key }
    const identity: IdentityFile = {
      version: 1,
      deviceId: answer.deviceId,
      host: code.host,
      port: code.port,
      authoritySha256,
      authorityPem,
      certificatePem: checkCertificate(checked, answer.certificate, authorityPem),
      keyFile: made.keyFile,
      ...(answer.logVerifierKey === undefined ? {} : { logVerifierKey: answer.logVerifierKey }),
    }
    saveIdentity(options.dataDir, identity)
    return { identity, standing: answer.standing }
  } catch (error) {
    dropDeviceKey(options.dataDir, made.keyFile)
    throw error
  }
}

async function enrolRequest(options: EnrolOptions, code: EnrolmentCode, csr: string): Promise<EnrolmentRequest> {
  const machineId = options.machineId ?? (await readMachineId(options.dataDir))
  return {
    token: Buffer.from(code.token).toString('base64url'),
    csr,
    machineIdHash: machineIdHash(machineId, code.authoritySha256),
    platform: thisPlatform(),
    arch: arch(),
    osName: osName(),
    hostName: (options.name ?? hostname()).slice(0, 255) || 'unnamed',
    agentVersion: options.agentVersion,
  }
}

/** Kind and release of the operating system, e.g. `Linux 6.1.0`. */
export function osName(): string {
  return `${type()} ${release()}`.slice(0, 128)
}

/**
 * This machine's platform in the protocol's words.
 *
 * @throws AskFirstError `PLATFORM_UNSUPPORTED` elsewhere than on the three
 */
export function thisPlatform(): Platform {
  const platform = PLATFORMS.find((known) => known === process.platform)
  if (platform === undefined)
    throw new AskFirstError('PLATFORM_UNSUPPORTED', `AskFirst does not run on ${process.platform}.`)
  return platform
}

async function postEnrol(
  code: EnrolmentCode,
  authorityPem: string,
  body: EnrolmentRequest,
  proxy: ProxySettings,
): Promise<EnrolmentAnswer> {
  const { status, text } = await post(code, authorityPem, JSON.stringify(body), proxy)
  const value = parseJson(text)
  if (status !== 201) throw serverError(status, value)
  if (!answerValidator.Check(value))
    throw new AskFirstError('MESSAGE_INVALID', 'The answer to the enrolment does not match the protocol.')
  return value
}

async function post(
  code: EnrolmentCode,
  authorityPem: string,
  body: string,
  proxy: ProxySettings,
): Promise<{ readonly status: number; readonly text: string }> {
  const agent = httpsAgent(proxy)
  try {
    return await new Promise((resolve, reject) => {
      const call = request({
        host: code.host,
        port: code.port,
        servername: serverName(code.host),
        agent,
        method: 'POST',
        path: '/enrol',
        ca: [authorityPem],
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        timeout: ANSWER_MS,
      })
      call.on('response', (response) => {
        readBounded(response).then((text) => resolve({ status: response.statusCode ?? 0, text }), reject)
      })
      call.on('timeout', () => call.destroy(new Error(`no answer within ${ANSWER_MS} ms`)))
      call.on('error', (cause) => reject(connectionError(code, cause)))
      call.end(body)
    })
  } finally {
    agent.destroy()
  }
}

async function readBounded(response: AsyncIterable<Buffer>): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response) {
    bytes += part.length
    if (bytes > MAX_ANSWER_BYTES) throw new AskFirstError('MESSAGE_INVALID', 'The answer to the enrolment is too long.')
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

/** A chain or name that does not verify is not a network problem and must not look like one. */
function connectionError(code: EnrolmentCode, cause: Error): AskFirstError {
  const reason = 'code' in cause ? String(cause.code) : ''
  if (/CERT|ALTNAME|SIGNATURE|ISSUER/.test(reason)) {
    return new AskFirstError(
      'CERTIFICATE_REFUSED',
      `The certificate of ${code.host}:${code.port} does not verify: ${cause.message}.`,
      { cause },
    )
  }
  return unreachable(code, cause)
}

function serverError(status: number, value: unknown): AskFirstError {
  const problem = typeof value === 'object' && value !== null ? value : {}
  const code =
    'code' in problem && typeof problem.code === 'string' && isErrorCode(problem.code) ? problem.code : 'UNAVAILABLE'
  return new AskFirstError(code, `The server answered the enrolment with status ${status} (${code}).`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null // Fails the schema, which says so.
  }
}
