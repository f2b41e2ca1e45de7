/** What a panel needs of a query. */
export interface QueryView<T> {
  readonly data: T | undefined;
  readonly error: Error | null;
  readonly isPending: boolean;
  /** The data answers an earlier question, while the new answer is on its way. */
  readonly isPlaceholderData: boolean;
  /** ms since 1970, by this computer's clock. */
  readonly dataUpdatedAt: number;
  readonly refetch: () => Promise<unknown>;
}
