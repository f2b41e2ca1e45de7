/** The page of the address (`?page=2`) of a list; nonsense is the first page. */
export function pageRequest(
  page: string | null,
  take: number,
): { readonly skip: number; readonly take: number } {
  const number = Number(page ?? 1);
  return { skip: Number.isSafeInteger(number) && number > 1 ? (number - 1) * take : 0, take };
}

/** `1–50 of 212`. */
export function rangeWords(skip: number, shown: number, total: number): string {
  if (shown === 0) return `none of ${total}`;
  return shown === total ? `all ${total}` : `${skip + 1}–${skip + shown} of ${total}`;
}

export const pagesOf = (total: number, take: number): number => Math.max(1, Math.ceil(total / take));
