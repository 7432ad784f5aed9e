/** Why policy-controller refuses where signatures are to be looked for; undefined where it takes it. */
export function repositoryFault(name: string): string | undefined {
  const slash = name.indexOf('/');
  const first = slash < 0 ? name : name.slice(0, slash);
  if (slash < 0 || !/[.:]/.test(first))
    return authority.test(name) ? undefined : `registries must be valid RFC 3986 URI authorities: ${name}`;
  if (!authority.test(first)) return `registries must be valid RFC 3986 URI authorities: ${first}`;
  const path = name.slice(slash + 1);
  if (!/^[a-z0-9_\-./]*$/.test(path))
    return `repository can only contain the characters \`abcdefghijklmnopqrstuvwxyz0123456789_-./\`: ${path}`;
  return path.length < 2 || path.length > 255
    ? `repository must be between 2 and 255 characters in length: ${path}`
    : undefined;
}

const authority = /^(?:[A-Za-z0-9.\-_~!$&'()*+,;=%]+|\[[0-9A-Fa-f:.]+\])(?::\d*)?$/;
