import { describe, expect, it } from 'vitest';
import { awsSignature } from './aws-signature.ts';
import { nodeCryptography } from './node-crypto.ts';
import { callJson } from './testing/outside.ts';

const crypto = nodeCryptography();
const host = crypto === undefined ? {} : { crypto };

function sign(request: string, config: string, time = '1440938160000000000'): string {
  return callJson(awsSignature, 'providers.aws.sign_req', `[${request}, ${config}, ${time}]`, host);
}

/** The key of AWS's own examples. */
const configuration = (service: string, more = '') =>
  `{"aws_access_key": "AKIDEXAMPLE", "aws_secret_access_key": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    "aws_region": "us-east-1", "aws_service": "${service}"${more}}`;

describe('providers.aws.sign_req', () => {
  // From AWS's test suite of Signature Version 4: get-vanilla and post-x-www-form-urlencoded.
  it.each<readonly [request: string, list: string, signature: string]>([
    [
      '{"method": "GET", "url": "https://example.amazonaws.com/"}',
      'host;x-amz-date',
      '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    ],
    [
      '{"method": "POST", "url": "https://example.amazonaws.com/", "raw_body": "Param1=value1", "headers": {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "x"}}',
      'content-type;host;x-amz-date',
      'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    ],
  ])('%s', (request, list, signature) => {
    const signed = sign(request, configuration('service'));
    expect(signed).toContain(
      `"Authorization":"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,SignedHeaders=${list},Signature=${signature}"`,
    );
    expect(signed).toContain('"host":"example.amazonaws.com","x-amz-date":"20150830T123600Z"');
  });

  it.each<readonly [more: string, hash: string]>([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    [', "disable_payload_signing": true', 'UNSIGNED-PAYLOAD'],
  ])('tells s3 of the payload%s', (more, hash) => {
    const signed = sign('{"method": "GET", "url": "https://b.s3/"}', configuration('s3', more));
    expect(signed).toContain(`"x-amz-content-sha256":"${hash}"`);
  });

  it.each<readonly [request: string, config: string, time: string, fault: string]>([
    ['{}', '1', '1', 'operand 1 must be object but got number'],
    [
      '{}',
      '{"aws_region": 1}',
      '1',
      'operand 2 missing required AWS config parameters(s): {"aws_access_key", "aws_secret_access_key", "aws_service"}',
    ],
    [
      '{}',
      '{"aws_region": 1, "aws_access_key": "a", "aws_secret_access_key": null, "aws_service": "s"}',
      '1',
      'operand 2 invalid values for required AWS config parameters(s): {"aws_region", "aws_secret_access_key"}',
    ],
    ['{}', configuration('s'), '1.5', 'operand 3 could not convert time_ns value into a unix timestamp'],
    ['{}', configuration('s'), '1', 'operand 1 missing required request parameters(s): {"method", "url"}'],
    [
      '{"method": 1, "url": 1}',
      configuration('s'),
      '1',
      'operand 1 invalid values for required request parameters(s): {"method", "url"}',
    ],
    [
      '{"method": "a", "url": "b"}',
      configuration('s', ', "disable_payload_signing": 1'),
      '1',
      "operand 2 invalid value for 'disable_payload_signing' in AWS config",
    ],
  ])('refuses %s %s %s', (request, config, time, fault) => {
    expect(sign(request, config, time)).toBe(`eval_type_error: ${fault}`);
  });
});
