import type { DeviceReport } from './device-report';
import { reportTable } from './report-table';
import { failureOf } from './verdict';

const scots: DeviceReport = {
  name: 'scots',
  board: 'virtual-m4',
  sramBudgetBytes: 65_536,
  scheme: 'sparse',
  plannedPeakBytes: 40_960,
  builtPeakBytes: 43_008,
  measuredPeakBytes: 42_496,
  accuracyBefore: 0.8,
  accuracyPersonal: 0.99,
  accuracyGlobal: 0.95,
  bytesDown: 102_400,
  bytesUp: 10_240,
};
const croak: DeviceReport = {
  ...scots,
  name: 'croak',
  accuracyBefore: 1,
  accuracyPersonal: 0.97,
  accuracyGlobal: 1,
};

it('shows one line a device, and the mean', () => {
  const lines = reportTable([scots, { ...croak, measuredPeakBytes: undefined }]).split('\n');
  expect(lines).toHaveLength(6);
  expect(lines[2]).toMatch(
    /^scots +virtual-m4 +64 +40\.0 +42\.0 +41\.5 +sparse +80\.0 +99\.0 +95\.0 +100\.0 +10\.0$/,
  );
  expect(lines[3]).toMatch(/^croak +virtual-m4 +64 +40\.0 +42\.0 +- +sparse +100\.0 +97\.0/);
  expect(lines[5]).toMatch(/^mean +40\.0 +42\.0 +41\.5 +90\.0 +98\.0 +97\.5 +100\.0 +10\.0$/);
});

describe('the demo has failed', () => {
  it('never, when all devices trained and the fleet got better on average', () => {
    expect(failureOf(['scots', 'croak'], [scots, croak])).toBeUndefined();
  });

  it.each([
    ['a device that fits is missing', [scots], /Not in .* croak/],
    ['a device never trained', [scots, { ...croak, accuracyPersonal: undefined }], /never trained: croak/],
    [
      'the final version was not evaluated',
      [{ ...scots, accuracyGlobal: undefined }, croak],
      /evaluated on: scots/,
    ],
    [
      'own training brought nothing',
      [{ ...scots, accuracyPersonal: 0.8 }, croak],
      /own training brought nothing: 90\.0/,
    ],
    [
      'the fleet did not get better',
      [{ ...scots, accuracyGlobal: 0.8 }, croak],
      /final model version brought nothing/,
    ],
  ])('when %s', (_, devices, reason) => {
    expect(failureOf(['scots', 'croak'], devices)).toMatch(reason);
  });
});
