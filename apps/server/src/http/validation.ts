import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';

import { ApiError } from './api-error';

/** Refuses what a DTO does not describe, with every problem at once. */
export const validation = new ValidationPipe({
  whitelist: true,
  forbidNonWhitelisted: true,
  transform: true,
  exceptionFactory: (errors) => {
    const problems = errors.flatMap((error) => problemsOf(error));
    return new ApiError('request.invalid', problems.join('; '), { problems });
  },
});

const problemsOf = (error: ValidationError): string[] => [
  ...Object.values(error.constraints ?? {}),
  ...(error.children ?? []).flatMap(problemsOf),
];
