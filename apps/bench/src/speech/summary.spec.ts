import { FSDD_SPEAKERS } from '#libs/model/dataset';
import { ANCHORS } from './anchors';
import { type Outcome, summaryTable } from './summary';

it('shows the mean of the splits of every speaker, and how the mean of all speakers varies', () => {
  const outcomes = [0, 1].flatMap((split) =>
    FSDD_SPEAKERS.map((speaker): Outcome => ({
      speaker,
      split,
      before: 0.5,
      after: split === 0 ? 0.96 : 0.98,
    })),
  );
  const lines = summaryTable(outcomes, ANCHORS.sparse).split('\n');
  expect(lines[2]).toMatch(/^george +\.500 +\.757 +\.970 +\.963 +\.960 \.980$/);
  expect(lines.at(-1)).toMatch(/^mean +\.500 +\.658 +\.970 +\.959 +\.960 \.980 \(sd \.0141\)$/);
});
