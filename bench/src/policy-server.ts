import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { compile, fromJson, type RegoValue, stringifyJson } from '@keelson/rego';

// A compiled policy behind the path of OPA's data API, for rego-server.ts. Started with the policy, the data and the
// entrypoint, it says its port and ends with its standard input.
const [policyFile = '', dataFile = '', entrypoint = ''] = process.argv.slice(2);
const policy = compile(
  { 'policy.rego': readFileSync(policyFile, 'utf8') },
  { data: fromJson(readFileSync(dataFile, 'utf8')), entrypoints: [entrypoint] },
);
const maxBody = 10_000_000;

function decide(body: string): string {
  const document = fromJson(body);
  const { result, errors } = policy.evaluate(entrypoint, inputOf(document));
  const [error] = errors;
  if (result === undefined && error !== undefined) return stringifyJson({ error: error.toOpaText() });
  return stringifyJson(result === undefined ? {} : { result });
}

function inputOf(document: RegoValue): RegoValue | undefined {
  const holds = typeof document === 'object' && document !== null && 'input' in document;
  return holds ? document.input : undefined;
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > maxBody) request.destroy();
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const answer = Buffer.from(decide(Buffer.concat(chunks).toString('utf8')));
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': answer.length });
    response.end(answer);
  });
}

const server = createServer(serve);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' && address !== null ? address.port : '');
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
