import { describe, expect, test } from 'vitest';
import { credentialsIn, replaceCredentials } from './forms.ts';

describe('credentials by the way they are written', () => {
  test.each([
    ['curl -u admin:CurlPassw0rd1 https://example.com', 'CurlPassw0rd1'],
    ['curl -sSu "admin:Curl#Passw0rd" https://example.com', 'Curl#Passw0rd'],
    ['curl --user=admin:Passw0rd1', 'Passw0rd1'],
    ['curl --proxy-user admin:Passw0rd1', 'Passw0rd1'],
    ['["curl", "-u", "admin:Passw0rd1"]', 'Passw0rd1'],
    ['mysql -h db -P 3306 -u root -pMySqlPw99x app', 'MySqlPw99x'],
    ["mysqldump -p'MySqlPw99x' app", 'MySqlPw99x'],
    ['sshpass -p hunter22 ssh a@b', 'hunter22'],
    ['redis-cli -h cache -a RedisPw1 ping', 'RedisPw1'],
    ['curl -H "Authorization: Bearer abcDEF123456"', 'abcDEF123456'],
    ["curl -H 'authorization: token abcDEF123456'", 'abcDEF123456'],
    ['Authorization: abcDEF123456', 'abcDEF123456'],
    ['Authorization: Bearer abcdefghij', 'abcdefghij'],
    ['curl -u ${NAME}:Passw0rd1', 'Passw0rd1'],
    ['curl -u $NAME:Passw0rd1', 'Passw0rd1'],
    ['{ name: Authorization, value: "Bearer abcDEF123456" }', 'abcDEF123456'],
    ['value: Basic YWRtaW46cGFzcw==', 'YWRtaW46cGFzcw=='],
    ['RUN echo user:ChPass1 | chpasswd', 'ChPass1'],
    ["RUN echo 'root:ChPass1' | sudo /usr/sbin/chpasswd", 'ChPass1'],
    ['chpasswd <<< "root:ChPass1"', 'ChPass1'],
    ['echo "ChPass1" | passwd --stdin root', 'ChPass1'],
    ['https://hooks.slack.com/services/T0000/B0000/abcDEF123456', 'T0000/B0000/abcDEF123456'],
    ['https://discord.com/api/webhooks/123456/abcDEF-123456', 'abcDEF-123456'],
    ['image: user:RegPassw0rd@registry.example/app:1.0', 'RegPassw0rd'],
    ['"image": "user:RegPassw0rd@registry.example/app:1.0"', 'RegPassw0rd'],
    ['FROM --platform=linux/amd64 user:RegPassw0rd@registry.example/app:1.0', 'RegPassw0rd'],
  ])('%s', (text, secret) => {
    expect(credentialsIn(text)).toContain(secret);
    const shown = replaceCredentials(text, () => '[gone]');
    expect(shown).not.toContain(secret);
    expect(replaceCredentials(shown, () => '[again]')).not.toContain(secret);
  });

  test.each([
    'curl -u "$NAME:$PASSWORD" https://example.com',
    'docker run -u 1000:1000 app',
    'mysql -p app',
    'mysql -h db -P 3306 --port 3306 --protocol tcp',
    'headless -u "${USERS:-10}"',
    'authorization:\n  mode: Webhook1',
    'authorization: end-user-identity # or none',
    'mkdir -parents /var/lib/data',
    'The probe needs Basic authentication or a Bearer token.',
    'Authorization: Bearer ${TOKEN}',
    'Authorization: Bearer [redacted hmac-sha256:0123456789abcdef]',
    'echo "$NAME:$PASSWORD" | chpasswd',
    'image: registry.example:5000/app:1.0@sha256:0123456789abcdef',
    'image: app:1.0@sha256:0123456789abcdef',
    'FROM node:24@sha256:0123456789abcdef AS build',
    'command: [node, -u, server.js]',
  ])('nothing in: %s', (text) => {
    expect(credentialsIn(text)).toEqual([]);
    expect(replaceCredentials(text, () => '[gone]')).toBe(text);
  });

  test.each([
    'curl -u ',
    'mysql -p ',
    'echo a:b ',
    'image: ',
    'Authorization: ',
    'basic a',
    'redis-cli -a" ',
  ])('time grows with the length of %j repeated', (part) => {
    const text = `${part.repeat(50_000 / part.length)} chpasswd --stdin @ mysql bearer : -u`;
    const start = performance.now();
    replaceCredentials(text, () => '');
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
