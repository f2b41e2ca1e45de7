import type { Page, PageRequest } from '../../api/types';

/** A page of a list that the server gives whole. */
export const slicePage = <T>(list: readonly T[], { skip, take }: PageRequest): Page<T> => ({
  items: list.slice(skip, skip + take),
  total: list.length,
});
