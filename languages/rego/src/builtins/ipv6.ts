/** True for the text of an IPv6 address, with an IPv4 address at its end and a zone allowed (RFC 4291, 4007). */
export function isIpv6Literal(text: string): boolean {
  const percent = text.indexOf('%');
  if (percent >= 0 && percent === text.length - 1) return false;
  const address = percent < 0 ? text : text.slice(0, percent);
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  let count = 0;
  for (const [h, half] of groups.entries()) {
    for (const [i, group] of half.entries()) {
      const isLast = h === groups.length - 1 && i === half.length - 1;
      if (isLast && isIpv4(group)) count += 2;
      else if (/^[\da-fA-F]{1,4}$/.test(group)) count++;
      else return false;
    }
  }
  return halves.length === 2 ? count < 8 : count === 8;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256);
}
