/** A refusal of the server (`{ code, message }`), or no answer at all. */
export class ApiError extends Error {
  constructor(
    /** The server's stable code; `no-answer` where none came. */
    readonly code: string,
    message: string,
    /** HTTP status; 0: no answer. */
    readonly status: number,
  ) {
    super(message);
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}

/** The refusal in an answer's text, which may come from anything between here and the server. */
export function refusalIn(text: string, status: number): ApiError {
  const { code, message } = fieldsOf(text);
  if (typeof code === 'string' && typeof message === 'string') return new ApiError(code, message, status);
  return new ApiError(`http.${status}`, `the server answered with HTTP status ${status}`, status);
}

function fieldsOf(text: string): { readonly code?: unknown; readonly message?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
