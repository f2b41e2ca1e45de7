import { ApiError, refusalIn } from './api-error';
import { noteServerDate } from './server-clock';

const TIMEOUT_MS = 15_000;

/** GET of the API. Throws an ApiError for a refusal and where no answer comes. */
export async function getJson<T>(path: string, signal: AbortSignal): Promise<T> {
  const response = await ask(`/api${path}`, AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]));
  noteServerDate(response.headers.get('date'));
  const text = await response.text();
  if (!response.ok) throw refusalIn(text, response.status);
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError('answer.malformed', 'what answered is not the Fleetlearn server', response.status);
  }
}

async function ask(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, { signal, headers: { accept: 'application/json' } });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError('no-answer', 'the server does not answer', 0);
  }
}

/** `?a=1&b=2` of what is given; empty without any. */
export function queryString(fields: Readonly<Record<string, string | number | undefined>>): string {
  const present = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return present.length === 0 ? '' : `?${new URLSearchParams(present).toString()}`;
}
