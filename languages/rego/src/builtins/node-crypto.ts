import type { Cryptography, CurveName, JsonWebKey, SignatureScheme } from './crypto-host.ts';

type NodeCrypto = typeof import('node:crypto');

/**
 * Cryptography of Node, or undefined where there is none, as in a browser. The module is asked for by name at
 * run time, so that a bundle for browsers does not hold it.
 */
export function nodeCryptography(): Cryptography | undefined {
  const process: { getBuiltinModule?: (name: 'node:crypto') => NodeCrypto } | undefined = globalThis.process;
  const crypto = process?.getBuiltinModule?.('node:crypto');
  return crypto === undefined ? undefined : new NodeCryptography(crypto);
}

const curveNames: Readonly<Record<string, string>> = {
  'P-224': 'secp224r1',
  'P-256': 'prime256v1',
  'P-384': 'secp384r1',
  'P-521': 'secp521r1',
};

class NodeCryptography implements Cryptography {
  readonly #crypto: NodeCrypto;

  constructor(crypto: NodeCrypto) {
    this.#crypto = crypto;
  }

  digest: Cryptography['digest'] = (name, data) => this.#crypto.createHash(name).update(data).digest();

  hmac: Cryptography['hmac'] = (name, key, data) => this.#crypto.createHmac(name, key).update(data).digest();

  verify: Cryptography['verify'] = (scheme, key, data, signature) => {
    try {
      const publicKey = this.#crypto.createPublicKey({ key: { ...key }, format: 'jwk' });
      const digest = scheme.type === 'eddsa' ? null : scheme.digest;
      return this.#crypto.verify(digest, data, { key: publicKey, ...this.#options(scheme) }, signature);
    } catch {
      return undefined;
    }
  };

  sign: Cryptography['sign'] = (scheme, key, data) => {
    try {
      const privateKey = this.#privateKey(key);
      const digest = scheme.type === 'eddsa' ? null : scheme.digest;
      const { RSA_PSS_SALTLEN_DIGEST } = this.#crypto.constants;
      const options = { ...this.#options(scheme), saltLength: RSA_PSS_SALTLEN_DIGEST };
      return this.#crypto.sign(digest, data, { key: privateKey, ...options });
    } catch {
      return undefined;
    }
  };

  publicPoint: Cryptography['publicPoint'] = (curve, secret) => {
    try {
      return curve === 'Ed25519' ? this.#edwardsPoint(secret) : this.#weierstrassPoint(curve, secret);
    } catch {
      return undefined;
    }
  };

  #privateKey(key: JsonWebKey): ReturnType<NodeCrypto['createPrivateKey']> {
    return this.#crypto.createPrivateKey({ key: { ...key }, format: 'jwk' });
  }

  #options({ type }: SignatureScheme): { padding?: number; saltLength?: number; dsaEncoding?: 'ieee-p1363' } {
    const { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, RSA_PSS_SALTLEN_AUTO } = this.#crypto.constants;
    switch (type) {
      case 'rsa-pkcs1':
        return { padding: RSA_PKCS1_PADDING };
      case 'rsa-pss':
        return { padding: RSA_PKCS1_PSS_PADDING, saltLength: RSA_PSS_SALTLEN_AUTO };
      case 'ecdsa':
        return { dsaEncoding: 'ieee-p1363' };
      case 'eddsa':
        return {};
    }
  }

  /** The key is wrapped as PKCS #8 (RFC 8410), from which Node works out the other half. */
  #edwardsPoint(seed: Uint8Array): { x: Uint8Array; y: Uint8Array } {
    const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = this.#crypto.createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const jwk = this.#crypto.createPublicKey(key).export({ format: 'jwk' });
    return { x: Buffer.from(jwk.x ?? '', 'base64url'), y: new Uint8Array() };
  }

  #weierstrassPoint(curve: CurveName, secret: Uint8Array): { x: Uint8Array; y: Uint8Array } {
    const exchange = this.#crypto.createECDH(curveNames[curve] ?? curve);
    exchange.setPrivateKey(Buffer.from(secret));
    const point = exchange.getPublicKey();
    const middle = 1 + (point.length - 1) / 2;
    return { x: point.subarray(1, middle), y: point.subarray(middle) };
  }
}
