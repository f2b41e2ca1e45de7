import { budgetDrawing } from './budget-scale';

it('draws what fits as a share of the budget, and leaves out what is not known', () => {
  expect(
    budgetDrawing(100, [
      { name: 'planned', bytes: 50 },
      { name: 'built', bytes: 100 },
      { name: 'measured', bytes: null },
    ]),
  ).toEqual({
    limit: 100,
    bars: [
      { name: 'planned', width: 50, isOver: false },
      { name: 'built', width: 100, isOver: false },
    ],
  });
});

it('moves the limit inwards where something is over it', () => {
  expect(budgetDrawing(100, [{ name: 'built', bytes: 200 }])).toEqual({
    limit: 50,
    bars: [{ name: 'built', width: 100, isOver: true }],
  });
});

it('survives a budget of nothing', () => {
  expect(budgetDrawing(0, [])).toEqual({ limit: 0, bars: [] });
});
