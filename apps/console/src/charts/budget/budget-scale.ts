export interface Usage {
  readonly name: 'planned' | 'built' | 'measured';
  readonly bytes: number | null;
}

export interface BudgetBar {
  readonly name: Usage['name'];
  /** 0..100 of the drawing. */
  readonly width: number;
  readonly isOver: boolean;
}

export interface BudgetDrawing {
  readonly bars: readonly BudgetBar[];
  /** Where the budget ends, 0..100 of the drawing: 100 while everything fits. */
  readonly limit: number;
}

/** Bars against a budget. What is over it makes the whole drawing longer, so that the limit is seen to be passed. */
export function budgetDrawing(budgetBytes: number, usages: readonly Usage[]): BudgetDrawing {
  const known = usages.flatMap(({ name, bytes }) => (bytes === null ? [] : [{ name, bytes }]));
  const longest = Math.max(budgetBytes, 1, ...known.map(({ bytes }) => bytes));
  return {
    limit: (100 * budgetBytes) / longest,
    bars: known.map(({ name, bytes }) => ({
      name,
      width: (100 * bytes) / longest,
      isOver: bytes > budgetBytes,
    })),
  };
}
