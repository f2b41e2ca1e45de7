import type { Graph } from '#libs/model/ir';
import { mantissaBits, type Rates } from '#libs/model/quant';
import { Memory } from './memory';

/** One training step: which random numbers (N8), how fast (N10). */
export interface Step {
  /** uint32 of the session. */
  readonly seed: number;
  /** Counts from 0, one for every sample presented. */
  readonly index: number;
  readonly rates: Rates;
}

/** A graph and the values of its tensors. */
export interface Machine {
  readonly graph: Graph;
  readonly memory: Memory;
  /** M of N4. */
  readonly mantissaBits: number;
}

/** An operator ready to run, with its constants computed. */
export type ForwardKernel = () => void;
export type BackwardKernel = (step: Step) => void;

export type PrepareForward<O> = (op: O, machine: Machine) => ForwardKernel;
export type PrepareBackward<O> = (op: O, machine: Machine) => BackwardKernel;

export const machineFor = (graph: Graph): Machine => ({
  graph,
  memory: new Memory(graph),
  mantissaBits: mantissaBits(graph),
});
