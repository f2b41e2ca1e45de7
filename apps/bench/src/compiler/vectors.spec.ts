import { vectorTable } from './vectors';

it('holds every ratio against the bar, and shows where bytes differ', () => {
  const [, , met, missed] = vectorTable([
    { what: 'quick, inference', vectorsMs: 1, scalarMs: 1.5, isExact: true },
    { what: 'slow, inference', vectorsMs: 1, scalarMs: 1.49, isExact: false },
  ]).split('\n');
  expect(met).toMatch(/^quick, inference +1\.500 +1\.000 +1\.50 +1\.50 +met +the same$/);
  expect(missed).toMatch(/^slow, inference +1\.490 +1\.000 +1\.49 +1\.50 +MISSED +DIFFERENT$/);
});
