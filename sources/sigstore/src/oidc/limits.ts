/** Bounds on a sign-in. Passing one ends it with an error that names it. */
export const signInLimits = Object.freeze({
  /** Bytes of an answer of an identity provider. */
  maxAnswerBytes: 1 << 20,
  /** Keys of a provider that a token is tried with. */
  maxKeys: 32,
  /** For somebody to sign in with a browser, or to type in a code. */
  signInMilliseconds: 300_000,
  /** Requests for the address of the redirect that do not belong to this sign-in. */
  maxStrayRequests: 50,
  /** By how much the clocks of a provider and of this machine may differ. */
  clockSkewMilliseconds: 60_000,
  /** Between two questions whether somebody has typed in a code: RFC 8628, 3.2 and 3.5. */
  defaultIntervalSeconds: 5,
  maxIntervalSeconds: 120,
});
