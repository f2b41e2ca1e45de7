/** What came of a request: JSON, bytes, or a refusal with its code. */
export interface ApiAnswer<T> {
  readonly status: number;
  readonly body: T;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
}

type Body = Uint8Array | object | undefined;

/** The HTTP API as a test uses it: `get` and `post` expect success, `refused` expects a refusal. */
export class ApiClient {
  constructor(
    private readonly url: string,
    private readonly adminToken: string | undefined,
  ) {}

  /** The same server, seen by someone without the token. */
  stranger(): ApiClient {
    return new ApiClient(this.url, undefined);
  }

  async get<T>(path: string): Promise<T> {
    return (await this.well(await this.send('GET', path))).json() as Promise<T>;
  }

  async post<T>(path: string, body?: Body): Promise<T> {
    return (await this.well(await this.send('POST', path, body))).json() as Promise<T>;
  }

  async put<T>(path: string, body?: Body): Promise<T> {
    return (await this.well(await this.send('PUT', path, body))).json() as Promise<T>;
  }

  async bytes(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.well(await this.send('GET', path))).arrayBuffer());
  }

  async refused(
    method: string,
    path: string,
    body?: Body,
  ): Promise<ApiAnswer<Refusal & Record<string, unknown>>> {
    const response = await this.send(method, path, body);
    if (response.ok) throw new Error(`${method} ${path} was not refused`);
    return { status: response.status, body: (await response.json()) as Refusal & Record<string, unknown> };
  }

  private send(method: string, path: string, body?: Body): Promise<Response> {
    const isBytes = body instanceof Uint8Array;
    const type = isBytes ? 'application/octet-stream' : 'application/json';
    const headers = {
      ...(this.adminToken && { authorization: `Bearer ${this.adminToken}` }),
      ...(body && { 'content-type': type }),
    };
    const payload = body && { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) };
    return fetch(`${this.url}/api${path}`, { method, headers, ...payload });
  }

  private async well(response: Response): Promise<Response> {
    if (response.ok) return response;
    throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  }
}
