import { parseAddress } from '../net/address.ts';
import type { ExtensionFacts } from './extensions.ts';

/** Whether a certificate is for a host, by name or address (RFC 6125 section 6). */
export function matchesHost({ names }: ExtensionFacts, host: string): boolean {
  const bare = /^\[(.+)\]$/s.exec(host)?.[1] ?? host;
  const address = parseAddress(bare);
  if (address !== undefined) {
    return (names?.addresses ?? []).some(({ bits, value }) => {
      const isMapped = bits === 128 && value >> 32n === 0xffffn;
      return isMapped || bits === 32
        ? address.bits === 32 && (value & 0xffff_ffffn) === address.value
        : address.bits === 128 && value === address.value;
    });
  }
  const name = lower(host);
  const labels = name.replace(/\.$/, '').split('.');
  return (names?.dnsNames ?? []).some((pattern) => {
    if (isHostname(name.replace(/\.$/, ''), false) && isHostname(pattern, true)) {
      const parts = lower(pattern).split('.');
      return (
        parts.length === labels.length &&
        parts.every((part, i) => part === labels[i] || (i === 0 && part === '*'))
      );
    }
    return name !== '' && name !== '.' && lower(pattern) === name;
  });
}

function lower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function isHostname(text: string, isPattern: boolean): boolean {
  if (text === '' || text === '*') return false;
  return text
    .split('.')
    .every((label, i) => (isPattern && i === 0 && label === '*') || /^[\w][\w-]*$/.test(label));
}
