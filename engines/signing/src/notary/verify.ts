import { isKeelsonError } from '@keelson/core';
import { SigningError, type SigningErrorCode } from '../errors.ts';
import type { SigningLimits } from '../limits.ts';
import type { NotaryEnvelope } from './attributes.ts';
import { subjectOf } from './certificate-rules.ts';
import { readNotaryEnvelope } from './envelope.ts';
import { signingErrorOf } from './faults.ts';
import { type NotaryPayload, readPayload } from './payload.ts';
import { demandNoPlugin, type PluginFindings, type PluginRunner, pluginOf } from './plugins.ts';
import {
  type CertificateRevocation,
  checkRevocation,
  demandNotRevoked,
  type RevocationCache,
  type RevocationSource,
} from './revocation.ts';
import { checkTarget, type NotationTarget, statementFor } from './target.ts';
import { type AuthenticTime, anchors, verifyAuthenticTime } from './timestamp.ts';
import { distinguishedNameOf, isSubset } from './trust-policy/distinguished-name.ts';
import type { TrustPolicy, TrustStatement } from './trust-policy/document.ts';
import { type CheckAction, checks, type NotaryCheck, type VerificationLevel } from './trust-policy/levels.ts';
import type { TrustStores } from './trust-store.ts';

export interface NotationRequirements {
  readonly target: NotationTarget;
  readonly policy: TrustPolicy;
  readonly trustStores: TrustStores;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Metadata that the signer must have signed. */
  readonly userMetadata?: ReadonlyMap<string, string>;
  readonly revocation?: RevocationSource;
  readonly revocationCache?: RevocationCache;
  readonly plugins?: PluginRunner;
  readonly pluginConfig?: ReadonlyMap<string, string>;
  readonly limits?: SigningLimits;
}

/** What came of one check. */
export interface CheckResult {
  readonly check: NotaryCheck;
  readonly action: CheckAction;
  /** Undefined where the check holds, or was not made. */
  readonly fault?: SigningError;
  /** Of a revocation check: each certificate. */
  readonly certificates?: readonly CertificateRevocation[];
}

export interface NotationVerdict {
  /** `skipped`: the policy asks for no signature. */
  readonly outcome: 'accepted' | 'refused' | 'skipped';
  /** The statement of the policy that counts. */
  readonly statement: string;
  readonly level: VerificationLevel;
  /** In the order in which they were made; after one that refuses there is none. */
  readonly results: readonly CheckResult[];
  /** Why the signature is refused. */
  readonly fault?: SigningError;
  /** What was read; only integrity is sure of it unless the signature is accepted. */
  readonly envelope?: NotaryEnvelope;
  readonly payload?: NotaryPayload;
  readonly authenticTime?: AuthenticTime;
}

/**
 * Verifies one signature by a trust policy (trust-store-trust-policy.md, signature verification). A signature that is refused is a
 * verdict; only a policy that cannot be applied is an error.
 *
 * @param mediaType of the layer or file that holds the signature
 * @throws SigningError TRUST_POLICY_MISSING, TRUST_POLICY_INVALID
 */
export async function verifyNotation(
  bytes: Uint8Array,
  mediaType: string,
  requirements: NotationRequirements,
): Promise<NotationVerdict> {
  const statement = statementFor(requirements.policy, requirements.target);
  if (statement.level.name === 'skip') return skippedVerdict(statement);
  const verification = new Verification(statement, requirements);
  try {
    await verification.run(bytes, mediaType);
    return verification.verdict();
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    return verification.verdict(error);
  }
}

/** The verdict where the policy asks for no signature. */
export function skippedVerdict({ name, level }: TrustStatement): NotationVerdict {
  const results = checks.map((check) => ({ check, action: level.actions[check] }));
  return { outcome: 'skipped', statement: name, level, results };
}

/** One signature on its way through the checks. What refuses it is thrown. */
class Verification {
  readonly #statement: TrustStatement;
  readonly #requirements: NotationRequirements;
  readonly #results: CheckResult[] = [];
  #envelope: NotaryEnvelope | undefined;
  #payload: NotaryPayload | undefined;
  #authenticTime: AuthenticTime | undefined;

  constructor(statement: TrustStatement, requirements: NotationRequirements) {
    this.#statement = statement;
    this.#requirements = requirements;
  }

  verdict(fault?: SigningError): NotationVerdict {
    const { name, level } = this.#statement;
    return {
      outcome: fault === undefined ? 'accepted' : 'refused',
      statement: name,
      level,
      results: this.#results,
      ...(fault === undefined ? {} : { fault }),
      ...(this.#envelope === undefined ? {} : { envelope: this.#envelope }),
      ...(this.#payload === undefined ? {} : { payload: this.#payload }),
      ...(this.#authenticTime === undefined ? {} : { authenticTime: this.#authenticTime }),
    };
  }

  async run(bytes: Uint8Array, mediaType: string): Promise<void> {
    const { target, userMetadata = new Map<string, string>(), now } = this.#requirements;
    const signed = await this.#faultOf('NOTARY_ENVELOPE_INVALID', () => {
      const envelope = readNotaryEnvelope(bytes, mediaType, this.#requirements.limits);
      const payload = readPayload(envelope.payload);
      this.#envelope = envelope;
      this.#payload = payload;
      checkTarget(payload.target, target);
      return { envelope, payload };
    });
    this.#conclude('integrity', signed.fault);
    // Integrity is always enforced: nothing is left to be judged where it failed.
    if (signed.value === undefined) return;
    const { envelope, payload } = signed.value;
    const plugin = await this.#authenticity(envelope);
    this.#conclude('expiry', expiryFault(envelope, now));
    const time = await this.#faultOf('TIMESTAMP_WRONG', () => this.#time(envelope));
    this.#authenticTime = time.value;
    this.#conclude('authenticTimestamp', time.fault);
    await this.#revocation(envelope, plugin);
    checkMetadata(payload, userMetadata);
  }

  async #authenticity(envelope: NotaryEnvelope): Promise<PluginFindings | undefined> {
    const { plugins, pluginConfig, trustStores } = this.#requirements;
    const trust = await this.#faultOf('CERTIFICATE_UNTRUSTED', () =>
      checkTrust(envelope, this.#statement, trustStores),
    );
    if (trust.fault !== undefined) return this.#untrusted(envelope, trust.fault);
    const plugin = await pluginOf(envelope, this.#statement, plugins, pluginConfig);
    if (plugin?.judgesIdentity !== true) {
      const { fault } = await this.#faultOf('IDENTITY_MISMATCH', () =>
        checkIdentity(envelope, this.#statement),
      );
      if (fault !== undefined) return this.#untrusted(envelope, fault);
    }
    const findings = await plugin?.verify();
    this.#conclude('authenticity', findings?.identity?.fault);
    return findings;
  }

  /** The name of a plugin is the signer's: where the level passes over who that is, the plugin is not asked for them. */
  #untrusted(envelope: NotaryEnvelope, fault: SigningError): undefined {
    this.#conclude('authenticity', fault);
    demandNoPlugin(envelope);
  }

  #time(envelope: NotaryEnvelope): Promise<AuthenticTime | undefined> {
    const { trustStores, revocation, revocationCache, now } = this.#requirements;
    const options = { source: revocation, cache: revocationCache, now };
    return verifyAuthenticTime(envelope, this.#statement, trustStores, options);
  }

  async #revocation(envelope: NotaryEnvelope, plugin: PluginFindings | undefined): Promise<void> {
    if (this.#statement.level.actions.revocation === 'skip') {
      this.#conclude('revocation', undefined);
      return;
    }
    if (plugin?.revocation !== undefined) {
      this.#conclude('revocation', plugin.revocation.fault);
      return;
    }
    const { revocation, revocationCache, now } = this.#requirements;
    // A chain that nobody trusts must not choose whom is asked: its addresses may be anybody's, and inside this network.
    const isTrusted = !this.#results.some(
      ({ check, fault }) => check === 'authenticity' && fault !== undefined,
    );
    const certificates = await checkRevocation(envelope.chain, {
      source: isTrusted ? revocation : undefined,
      cache: revocationCache,
      now,
      signedAt: this.#authenticTime?.latest,
    });
    const { fault } = await this.#faultOf('NOTARY_REVOCATION_UNKNOWN', () => demandNotRevoked(certificates));
    this.#conclude('revocation', fault, certificates);
  }

  /** Errors of the packages below get a code of this one; errors of programs pass. */
  async #faultOf<T>(
    code: SigningErrorCode,
    action: () => T | Promise<T>,
  ): Promise<{ value?: T; fault: SigningError | undefined }> {
    try {
      return { value: await action(), fault: undefined };
    } catch (error) {
      const fault = isKeelsonError(error) ? signingErrorOf(error, code, 'the signature') : error;
      if (fault instanceof SigningError) return { fault };
      throw fault;
    }
  }

  #conclude(
    check: NotaryCheck,
    fault: SigningError | undefined,
    certificates?: readonly CertificateRevocation[],
  ): void {
    const action = this.#statement.level.actions[check];
    this.#results.push({
      check,
      action,
      ...(fault === undefined ? {} : { fault }),
      ...(certificates === undefined ? {} : { certificates }),
    });
    if (fault !== undefined && action === 'enforce') throw fault;
  }
}

async function checkTrust(
  { chain, attributes }: NotaryEnvelope,
  statement: TrustStatement,
  stores: TrustStores,
): Promise<void> {
  const type = attributes.scheme === 'notary.x509' ? 'ca' : 'signingAuthority';
  const trusted = await anchors(statement, type, stores);
  if (chain.some((each) => trusted.some(({ bytes }) => Buffer.compare(bytes, each.bytes) === 0))) return;
  const root = chain[chain.length - 1];
  throw new SigningError(
    'CERTIFICATE_UNTRUSTED',
    `the chain ends with ${root === undefined ? 'nothing' : subjectOf(root)}, which is in none of the trust stores`,
  );
}

function checkIdentity({ chain: [leaf] }: NotaryEnvelope, { trustedIdentities }: TrustStatement): void {
  if (leaf === undefined || trustedIdentities.some(({ kind }) => kind === 'any')) return;
  const subject = distinguishedNameOf(leaf.subject);
  if (typeof subject === 'string')
    throw new SigningError('IDENTITY_MISMATCH', `the subject ${subjectOf(leaf)} ${subject}`);
  if (trustedIdentities.some((each) => each.kind === 'subject' && isSubset(each.name, subject))) return;
  throw new SigningError(
    'IDENTITY_MISMATCH',
    `the signer ${subjectOf(leaf)} is none of the trusted identities`,
  );
}

/** The moment of expiry is past already. */
function expiryFault({ attributes: { expiry } }: NotaryEnvelope, now: number): SigningError | undefined {
  if (expiry === undefined || now < expiry) return undefined;
  return new SigningError('NOTARY_EXPIRED', `the signature expired at ${new Date(expiry).toISOString()}`);
}

function checkMetadata({ userMetadata }: NotaryPayload, wanted: ReadonlyMap<string, string>): void {
  for (const [name, value] of wanted)
    if (userMetadata.get(name) !== value)
      throw new SigningError('NOTARY_METADATA_MISMATCH', `the signature does not carry ${name}=${value}`);
}
