import { decodeUtf8, type RegoValue } from '../../values/index.ts';
import { encodeBase64 } from '../base64.ts';
import { builtinError } from '../builtin.ts';
import { keyAlgorithmNumbers, namesJson, rightAligned } from './certificate.ts';
import { contextTag, type DerElement, DerFault, DerReader, integerOf, oidOf, tags } from './der.ts';
import { type Extension, extensionJson, parseExtension, parseExtensions } from './extensions.ts';
import { listOrNull } from './general-names.ts';
import { parsePublicKeyInfo, publicKeyJson } from './keys.ts';
import { parseName } from './name.ts';
import { parseSignatureAlgorithm } from './signature-algorithm.ts';

const extensionRequest = '1.2.840.113549.1.9.14';

/** A certificate request (RFC 2986) as Go's encoding/json prints its struct. Throws errors in Go's words. */
export function parseCertificateRequest(der: Uint8Array): RegoValue {
  try {
    return readRequest(der);
  } catch (error) {
    if (!(error instanceof DerFault)) throw error;
    const kinds: Readonly<Record<string, string>> = { truncated: 'syntax error: data truncated' };
    throw builtinError(`asn1: ${kinds[error.message] ?? "structure error: tags don't match"}`);
  }
}

function readRequest(der: Uint8Array): RegoValue {
  if (der.length === 0) throw builtinError('asn1: syntax error: sequence truncated');
  const input = new DerReader(der);
  if (input.next !== tags.sequence) throw notSequence(der);
  const { whole: raw, content } = input.expect(tags.sequence);
  if (!input.isEmpty) throw builtinError('asn1: syntax error: trailing data');
  if (content.length === 0) throw builtinError('asn1: syntax error: sequence truncated');
  const outer = new DerReader(content);
  const { whole: tbs, content: tbsContent } = outer.expect(tags.sequence);
  const inner = new DerReader(tbsContent);
  const version = Number(inner.integer());
  const rawSubject = inner.expect(tags.sequence).whole;
  const rawPublicKey = inner.expect(tags.sequence).whole;
  const attributes = elements(inner.optional(contextTag(0, true))?.content ?? new Uint8Array());
  const algorithm = parseSignatureAlgorithm(outer.expect(tags.sequence).content);
  const signature = rightAligned(outer.bitString());
  const publicKey = parsePublicKeyInfo(rawPublicKey);
  const extensions = attributes.flatMap(extensionsOf);
  const oids = extensions.map(({ oid }) => oid.join('.'));
  if (new Set(oids).size < oids.length)
    throw builtinError('x509: certificate request contains duplicate requested extensions');
  const base64 = (bytes: Uint8Array) => encodeBase64(bytes, 'standard');
  const names = extensions.filter(({ oid }) => oid.join('.') === '2.5.29.17');
  return {
    Raw: base64(raw),
    RawTBSCertificateRequest: base64(tbs),
    RawSubjectPublicKeyInfo: base64(rawPublicKey),
    RawSubject: base64(rawSubject),
    Version: version,
    Signature: base64(signature),
    SignatureAlgorithm: algorithm.number,
    PublicKeyAlgorithm: publicKey === undefined ? 0 : keyAlgorithmNumbers[publicKey.type],
    PublicKey: publicKey === undefined ? null : publicKeyJson(publicKey),
    Subject: parseName(rawSubject),
    Attributes: listOrNull(attributes.flatMap((attribute) => attributeJson(attribute) ?? [])),
    Extensions: listOrNull(extensions.map(extensionJson)),
    ExtraExtensions: null,
    ...namesJson(parseExtensions(names)),
  };
}

/** Go prints all that it knows of the element that it found. */
function notSequence([tag = 0, length = 0]: Uint8Array): Error {
  const found = `{class:${tag >> 6} tag:${tag & 0x1f} length:${length} isCompound:${(tag & 0x20) !== 0}}`;
  const wanted =
    '{optional:false explicit:false application:false private:false defaultValue:<nil> tag:<nil> stringType:0 timeType:0 set:false omitEmpty:false}';
  return builtinError(
    `asn1: structure error: tags don't match (16 vs ${found}) ${wanted} certificateRequest @2`,
  );
}

function elements(content: Uint8Array): DerElement[] {
  const reader = new DerReader(content);
  const found: DerElement[] = [];
  while (!reader.isEmpty) found.push(reader.element());
  return found;
}

function extensionsOf({ content }: DerElement): Extension[] {
  const attribute = new DerReader(content);
  if (attribute.oid().join('.') !== extensionRequest) return [];
  const [list] = elements(attribute.expect(tags.set).content);
  return list === undefined
    ? []
    : elements(list.content).map((item) => parseExtension(new DerReader(item.content)));
}

/** An attribute whose values are sequences of type and value; undefined for others, which Go passes over. */
function attributeJson({ content }: DerElement): RegoValue | undefined {
  try {
    const attribute = new DerReader(content);
    const type = attribute.oid();
    const sequences = elements(attribute.expect(tags.set).content).map(({ tag, content: items }) => {
      if (tag !== tags.sequence) throw new DerFault('tag');
      return elements(items).map((item) => {
        const pair = new DerReader(item.content);
        return { Type: pair.oid(), Value: anyJson(pair.element()) };
      });
    });
    return { Type: type, Value: sequences };
  } catch (error) {
    if (error instanceof DerFault) return undefined;
    throw error;
  }
}

/** A value of any type, as Go's asn1 package reads it into an interface. */
function anyJson({ tag, content }: DerElement): RegoValue {
  switch (tag) {
    case tags.boolean:
      return content[0] === 0xff;
    case tags.integer:
      return Number(integerOf(content));
    case tags.oid:
      return oidOf(content);
    case tags.octetString:
      return encodeBase64(content, 'standard');
    case tags.utf8String:
    case tags.printableString:
    case tags.ia5String:
    case tags.numericString:
    case tags.t61String:
      return decodeUtf8(content);
    default:
      return null;
  }
}
