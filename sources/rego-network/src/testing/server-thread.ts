import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parentPort } from 'node:worker_threads';
import { authority, serverCertificate, serverKey } from './certificates.ts';

// Servers on the loopback interface, in a thread of their own: evaluation holds the one that it is in.

let count = 0;
let failures = 0;

type Route = (url: URL, request: IncomingMessage, response: ServerResponse) => void;

const routes: Readonly<Record<string, Route>> = {
  '/json': (_, __, response) => {
    response.setHeader('Content-Type', 'application/json').end('{"a": [1]}');
  },
  '/echo': (_, request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { method, headers } = request;
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify({ method, headers, body: Buffer.concat(chunks).toString() }));
    });
  },
  '/to': (url, _, response) => {
    response.writeHead(302, { Location: url.searchParams.get('url') ?? '' }).end();
  },
  '/silent': () => undefined,
  '/drip': (_, __, response) => {
    response.write('a');
  },
  '/bytes': (url, _, response) => {
    response.end(Buffer.alloc(Number(url.searchParams.get('n')), 'x'));
  },
  '/headers': (url, _, response) => {
    response.setHeader('X-Long', 'x'.repeat(Number(url.searchParams.get('n')))).end();
  },
  '/count': (_, __, response) => {
    response.setHeader('Cache-Control', 'max-age=60').end(String(++count));
  },
  '/fails-twice': (_, request, response) => {
    if (failures++ < 2) request.socket.destroy();
    else response.end('at last');
  },
  '/client': (_, request, response) => {
    const { socket } = request;
    const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
    response.end(String(name ?? 'nobody'));
  },
};

const listener: RequestListener = (request, response) => {
  const url = new URL(request.url ?? '', 'http://server');
  const route = routes[url.pathname];
  if (route === undefined) response.writeHead(404).end('not found');
  else route(url, request, response);
};

/** Answers every request itself and tells where it was to go. */
const proxy: RequestListener = (request, response) => {
  response.end(`for ${request.url}`);
};

const servers = {
  plain: createServer(listener),
  secure: createSecureServer(
    { cert: serverCertificate, key: serverKey, ca: authority, requestCert: true, rejectUnauthorized: false },
    listener,
  ),
  proxy: createServer(proxy),
};

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}

const [plain, secure, proxied] = await Promise.all([
  listen(servers.plain),
  listen(servers.secure),
  listen(servers.proxy),
]);
parentPort?.postMessage({ plain, secure, proxy: proxied });
