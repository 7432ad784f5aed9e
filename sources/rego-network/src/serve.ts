import { lookup } from 'node:dns/promises';
import { exchange } from './exchange.ts';
import { type Answer, type Question, state, type ThreadData } from './messages.ts';

/** Answers what the evaluation asks, until nothing is asked for a while. Runs in the thread of the network. */
export function serve(data: ThreadData): void {
  const { port, shared, limits } = data;
  let idle: NodeJS.Timeout | undefined;
  const rest = (): void => {
    idle = setTimeout(() => {
      const was = Atomics.compareExchange(shared, 0, state.idle, state.stopped);
      if (was === state.idle) port.close();
      else rest();
    }, limits.maxIdleMilliseconds);
  };
  port.on('message', (question: Question) => {
    clearTimeout(idle);
    answer(question, data).then((given) => {
      port.postMessage(given, given.type === 'response' ? transferable(given.response.body) : []);
      Atomics.store(shared, 0, state.answered);
      Atomics.notify(shared, 0);
      rest();
    });
  });
  rest();
}

function transferable({ buffer }: Uint8Array): ArrayBuffer[] {
  return buffer instanceof ArrayBuffer ? [buffer] : [];
}

async function answer(question: Question, data: ThreadData): Promise<Answer> {
  try {
    if (question.type === 'exchange')
      return { type: 'response', response: await exchange(question.request, data) };
    const found = await lookup(question.name, { all: true });
    return { type: 'addresses', addresses: found.map(({ address }) => address) };
  } catch (error) {
    if (!(error instanceof Error)) return { type: 'fault', name: 'Error', message: String(error) };
    const isUnknown = 'code' in error && error.code === 'ENOTFOUND' && question.type === 'addresses';
    const message = isUnknown ? `lookup ${question.name}: no such host` : error.message;
    return { type: 'fault', name: error.name, message };
  }
}
