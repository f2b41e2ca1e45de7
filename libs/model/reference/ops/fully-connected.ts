import { type FullyConnected, perTensor, tensorOf } from '#libs/model/ir';
import type { PrepareForward } from '../machine';
import { biasReader, requantizedStore } from './requantizer';

/** N2 on vectors: input [rows, I], weights [O, I], output [rows, O]. */
export const fullyConnected: PrepareForward<FullyConnected> = (op, machine) => {
  const [outputs = 0, features = 0] = tensorOf(machine.graph, op.weights).shape;
  const input = machine.memory.int8(op.input);
  const weights = machine.memory.int8(op.weights);
  const { zeroPoint } = perTensor(tensorOf(machine.graph, op.input));
  const biasOf = biasReader(op, machine);
  const store = requantizedStore(op, machine);

  const accumulate = (row: number, channel: number): number => {
    let sum = biasOf(channel);
    for (let i = 0; i < features; i++) {
      sum +=
        (weights[channel * features + i] as number) * ((input[row * features + i] as number) - zeroPoint);
    }
    return sum;
  };

  return () => {
    for (let row = 0; row < input.length / features; row++) {
      for (let o = 0; o < outputs; o++) store(row * outputs + o, o, accumulate(row, o));
    }
  };
};
