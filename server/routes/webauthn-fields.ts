import { Type } from 'typebox'
import { closed, orNull, text } from './fields.ts'

/** Base64url that a browser sends. */
function bytes(maxLength: number) {
  return Type.String({ pattern: '^[A-Za-z0-9_-]*$', maxLength })
}

const common = {
  id: bytes(2_048),
  rawId: bytes(2_048),
  type: Type.Literal('public-key'),
  clientExtensionResults: Type.Object({}, { maxProperties: 16 }),
  authenticatorAttachment: Type.Optional(Type.Enum(['cross-platform', 'platform'])),
}

/** `RegistrationResponseJSON` of WebAuthn Level 3. */
export const RegistrationResponse = Type.Object(
  {
    ...common,
    response: Type.Object(
      {
        clientDataJSON: bytes(8_192),
        attestationObject: bytes(65_536),
        authenticatorData: Type.Optional(bytes(16_384)),
        transports: Type.Optional(Type.Array(text(32), { maxItems: 8 })),
        publicKeyAlgorithm: Type.Optional(Type.Integer()),
        publicKey: Type.Optional(bytes(8_192)),
      },
      closed,
    ),
  },
  closed,
)

/** `AuthenticationResponseJSON` of WebAuthn Level 3. */
export const AuthenticationResponse = Type.Object(
  {
    ...common,
    response: Type.Object(
      {
        clientDataJSON: bytes(8_192),
        authenticatorData: bytes(16_384),
        signature: bytes(8_192),
        userHandle: Type.Optional(orNull(bytes(256))),
      },
      closed,
    ),
  },
  closed,
)

/** Options for `navigator.credentials`, in the JSON form of WebAuthn Level 3: passed on as they are. */
export const BrowserOptions = Type.Unsafe<object>(Type.Record(Type.String(), Type.Unknown()))
