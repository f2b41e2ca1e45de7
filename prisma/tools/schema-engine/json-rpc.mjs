import process from 'node:process';
import readline from 'node:readline';

/** JSON-RPC's own code for an error of the application, as the native engine sends it. */
const applicationError = 4466;

/**
 * Answers one JSON-RPC request per line of stdin, in order, until stdin ends. Every other method of the
 * protocol has the name of the engine's own.
 */
export async function serve(createEngine) {
  let callEngine;
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    const isReplyToOurs = request.method === undefined;
    if (isReplyToOurs) continue;
    try {
      callEngine ??= await createEngine();
      send({ id: request.id, result: (await answer(callEngine, request)) ?? {} });
    } catch (error) {
      send({ id: request.id, error: describe(error) });
    }
  }
}

async function answer(callEngine, { method, params }) {
  if (method === 'createDatabase') return { databaseName: 'db' };
  if (method === 'getDatabaseVersion') return callEngine('version', params);
  const result = await callEngine(method, params);
  // The native engine prints a difference while it runs; the WebAssembly build answers it as text.
  if (method === 'diff' && result.stdout) print(result.stdout.replace(/\n$/, ''));
  return result;
}

let printed = 0;
const print = (content) => send({ id: `print-${++printed}`, method: 'print', params: { content } });

function describe(error) {
  const { message } = error;
  const data = { is_panic: false, message, error_code: error.code ?? null, meta: null };
  return { code: applicationError, message, data };
}

function send(message) {
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
}
