import { ApiError, refusalIn } from './api-error';

/** A model of several megabytes over a slow network. */
const TIMEOUT_MS = 120_000;

/** What is uploaded, and the admin token that allows it. */
export interface Upload {
  /** With its query. */
  readonly path: string;
  readonly bytes: Blob;
  readonly token: string;
}

/** POST of a file. Throws an ApiError for a refusal and where no answer comes. */
export async function postBytes<T>({ path, bytes, token }: Upload): Promise<T> {
  const response = await send(path, {
    method: 'POST',
    body: bytes,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    headers: {
      accept: 'application/json',
      'content-type': 'application/octet-stream',
      authorization: `Bearer ${token}`,
    },
  });
  const text = await response.text();
  if (!response.ok) throw refusalIn(text, response.status);
  return JSON.parse(text) as T;
}

async function send(path: string, request: RequestInit): Promise<Response> {
  try {
    return await fetch(`/api${path}`, request);
  } catch {
    throw new ApiError('no-answer', 'the server does not answer', 0);
  }
}
