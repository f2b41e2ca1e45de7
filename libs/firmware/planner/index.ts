/**
 * The planner: where every tensor and every kernel's scratch lies in the arena, at every time.
 *
 * Owns: schedules (in which order kernels run), lifetimes, sharing of storage, placement, its proof, and the verifier.
 * Invariant: a plan in hand was replayed byte by byte against its graph, in the kernels' order of access (`verifyPlan`): no
 * kernel reads what another, or the same, has overwritten.
 *
 * The way of a plan, a file a step:
 *   order        operators where the graph branches, so that the most expensive call is as cheap as can be
 *   storage      tensors that must share storage: a RESHAPE and its operand
 *   overlap      how far an output may lie over an operand that dies in its call, from the kernel's order of access
 *   items        what is to be placed (byte ranges over calls), who may share with whom, and the lower bound
 *   place        one item after the other, at the free place that a fit prefers
 *   strategies   in which order items are placed: a few by rule, then random changes, bounded and seeded
 *   exact        whether anything smaller exists, by exhaustive search, bounded
 *   verify-plan  the replay, with access-order: written from the kernels, it knows nothing of the files above
 *
 * A `pad` that no convolution absorbs and a `concatenation` are operators like others: their output is disjoint from their
 * operands.
 *
 * Not done yet, and where it goes: streaming row by row (a segment of layers runs a row at a time, maps between them are rings).
 * - `Call` says which output rows it computes; `layerwise` becomes one of several makers of schedules. A maker needs from each
 *   operator how many input rows an output row needs and releases (beside `overlap`, which already knows them as steps).
 * - An item may have many spans already: a map that is filled and freed by rows is a staircase, a ring one constant span.
 *   Placement takes from two items only the distances that keep them apart at all calls they share (`clashesOf`), so
 *   staircases slide into each other without further rules; `Sharing` is the same for steps inside one call.
 * - `access-order` runs a band of rows instead of a whole map; rings are addressed modulo their rows, as fl_band does.
 *
 * @example
 * const plan = planMemory(graph, { budgetBytes: arenaBudget(board), inputsInArena: true });
 * if (!plan.ok) return plan; // 'plan.does-not-fit', with the bytes that are missing
 * console.log(renderPlan(graph, plan.value), plan.value.proof);
 */
export {
  ALIGNMENT,
  bufferOf,
  type BufferKind,
  type Plan,
  type PlannedBuffer,
  type Proof,
  scratchOf,
} from './plan';
export { type Call, layerwise, type Schedule } from './schedule';
export { type ConvolutionKernel, convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';
export { scratchBytes } from './scratch';
export { type DoesNotFit, placeAll, planMemory, type PlanRequest } from './plan-memory';
export { verifyPlan } from './verify-plan';
export { renderPlan } from './render-plan';
