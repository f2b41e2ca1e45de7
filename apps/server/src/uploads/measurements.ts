import type { FailedResult, SessionResult } from '#libs/fleet/protocol';
import { type Measure, tellsClasses } from '#libs/model/session';

import type { Measurements } from '../campaigns/executions.repository';
import { without } from '../database/without';

/**
 * What a result says, in the columns of an execution. An evaluation fills the columns of "before". Where nothing is right or wrong, the counts
 * of what is right are 0 on the wire, and left out here.
 */
export const measurementsOf = (result: SessionResult, measure: Measure): Measurements =>
  tellsClasses(measure) ? allOf(result) : without(allOf(result), 'rightBefore', 'rightAfter');

function allOf(result: SessionResult): Measurements {
  switch (result.kind) {
    case 'trained': {
      const { testItems, rightBefore, rightAfter, lossBefore, lossAfter, learnedItems, steps } = result;
      const { passLosses, guardRestarts, peakSramBytes, peakStackBytes, receivedBytes, sentBytes } = result;
      const accuracy = { testItems, rightBefore, rightAfter, lossBefore, lossAfter };
      const training = { learnedItems, steps, passLosses, guardRestarts, ...endingOf(result) };
      return { ...accuracy, ...training, peakSramBytes, peakStackBytes, receivedBytes, sentBytes };
    }
    case 'evaluated': {
      const { testItems, right, loss, peakSramBytes, peakStackBytes, receivedBytes, sentBytes } = result;
      const accuracy = { testItems, rightBefore: right, lossBefore: loss };
      return { ...accuracy, peakSramBytes, peakStackBytes, receivedBytes, sentBytes };
    }
    case 'failed':
      return {
        ...without(result, 'kind', 'execution', 'attempt', 'status', 'end', 'saturated'),
        ...endingOf(result),
      };
  }
}

/** Programs of before do not tell. */
const endingOf = ({ end, saturated }: Pick<FailedResult, 'end' | 'saturated'>): Measurements => ({
  ...(end && { sessionEnd: end }),
  ...(saturated && {
    saturatedWeights: saturated.weights,
    saturatedHeadWeights: saturated.headWeights,
    saturatedBiases: saturated.biases,
  }),
});
