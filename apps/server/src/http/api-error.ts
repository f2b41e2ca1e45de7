/** Every refusal of the API: its stable code and the HTTP status that goes with it. */
export const ERROR_STATUS = {
  'auth.bearer-needed': 401,
  'request.invalid': 400,
  'request.body-needed': 400,
  'request.too-large': 413,
  'board.unknown': 404,
  'fleet.not-found': 404,
  'fleet.name-taken': 409,
  'fleet.no-model': 409,
  'fleet.in-campaign': 409,
  'model.not-found': 404,
  'model.refused': 422,
  'model.name-taken': 409,
  'model.not-trainable': 409,
  'model.version-not-found': 404,
  'model.image-not-found': 404,
  'head.no-dense': 422,
  'head.bad-classes': 422,
  'head.bad-label': 422,
  'head.duplicate-labels': 422,
  'head.label-count': 422,
  'head.keep-drops': 422,
  'head.nothing-to-keep': 422,
  'head.bad-seed': 422,
  'head.not-trainable': 422,
  'head.not-expressible': 422,
  'objective.several-numbers': 422,
  'objective.shapes-differ': 422,
  'evaluation-set.refused': 422,
  'device.not-found': 404,
  'device.no-build': 409,
  'campaign.not-found': 404,
  'campaign.refused': 409,
  'campaign.invalid': 422,
  'campaign.no-classes': 422,
  'image.not-found': 404,
  'build.failed': 500,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** A refusal that the caller is told: `{ code, message, …details }`. */
export class ApiError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

/** The value, or a refusal "no such <what>". */
export function found<T>(value: T | null | undefined, code: ErrorCode, id: string): T {
  if (value === null || value === undefined) throw new ApiError(code, `there is no ${id}`);
  return value;
}
