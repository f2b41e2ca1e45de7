import { DemoError } from '../demo-error';
import { JsonView } from './json-view';

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly body?: Uint8Array | object;
}

/** The server's HTTP API: JSON or bytes to a path, JSON or bytes back. A refusal becomes a sentence. */
export class Http {
  constructor(
    readonly url: string,
    private readonly adminToken: string,
    private readonly signal: AbortSignal,
  ) {}

  get = (path: string): Promise<JsonView> => this.json({ method: 'GET', path });
  post = (path: string, body: Uint8Array | object = {}): Promise<JsonView> =>
    this.json({ method: 'POST', path, body });
  put = (path: string, body: object): Promise<JsonView> => this.json({ method: 'PUT', path, body });

  async getBytes(path: string): Promise<Uint8Array> {
    const response = await this.send({ method: 'GET', path });
    return new Uint8Array(await response.arrayBuffer());
  }

  /** Whether `path` answers well yet. */
  async isUp(path: string): Promise<boolean> {
    try {
      return (await fetch(`${this.url}${path}`, { signal: this.signal })).ok;
    } catch {
      this.signal.throwIfAborted();
      return false;
    }
  }

  private async json(call: Call): Promise<JsonView> {
    const response = await this.send(call);
    const text = await response.text();
    const value: unknown = text === '' ? {} : JSON.parse(text);
    return new JsonView(value, `${call.method} ${call.path}`);
  }

  private async send({ method, path, body }: Call): Promise<Response> {
    const response = await fetch(`${this.url}${path}`, {
      method,
      signal: this.signal,
      headers: {
        authorization: `Bearer ${this.adminToken}`,
        ...(body && {
          'content-type': body instanceof Uint8Array ? 'application/octet-stream' : 'application/json',
        }),
      },
      ...(body && { body: body instanceof Uint8Array ? body : JSON.stringify(body) }),
    });
    if (response.ok) return response;
    throw new DemoError(
      `The server refused ${method} ${path} (${response.status}): ${await response.text()}`,
    );
  }
}
