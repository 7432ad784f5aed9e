/** `Authorization` with a name and password, in UTF-8 (RFC 7617, 2.1). */
export function basicAuthorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
