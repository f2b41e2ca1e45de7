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
 *   clashes      what keeps two items apart that are alive together
 *   place        one item after the other, at the free place that a fit prefers
 *   strategies   in which order items are placed: a few by rule, then random changes, bounded and seeded
 *   exact        whether anything smaller exists, by exhaustive search, bounded
 *   verify-plan  the replay, with access-order, access-channels, verify-schedule and verify-updates: written from the
 *                kernels, it knows nothing of the files above
 *
 * A `pad` that no convolution absorbs and a `concatenation` are operators like others: their output is disjoint from their
 * operands.
 *
 * Row by row (`optimize`, `inputRows`): where the maps of a stage are too large, its operators run together as a segment, a row
 * of one as soon as the next needs it, nothing twice. A file a step, before `items`:
 *   row-rules    which rows an operator needs for a row, and which nobody needs after it
 *   row-calls    the calls of a segment, by demand of its last operator
 *   row-flow     what is alive meanwhile (row-walk): maps that come in or go out as staircases, the others as rings; some
 *                rings of one row lie in rows of others (lodging)
 *   pieces       every segment that there could be, and its cost; known-stretches: that of other graphs' stretches
 *   segments     the best partitions into segments, for memory or for few calls
 *   streams      flows as spans of items; from there on all is as for whole maps. Staircases slide into each other by
 *                themselves: placement takes from two items only the distances that keep them apart whenever both are alive
 *   plan-streams which partitions are placed, and which plan is taken
 *   outlook      what plans of many graphs would take, before one of them is planned
 *
 * A training step keeps the order of its graph, but for biases, which are updated as soon as they can be. `optimize` streams
 * operators of its forward half, clamp masks and saved inputs included: a mask is a whole buffer from the first row on, and so
 * are the planes of a saved input. Variables lie below all else, all the time.
 *
 * By channels: sums of the backward half go over all rows, but what passes an expanding, a depthwise and a projecting layer
 * can go a few channels at a time (`optimize` decides, a segment at a time, as for rows). A file a step:
 *   channel-rules   what an operator takes and gives channel by channel
 *   channel-chains  stretches of operators that hand channels on; their calls: bias of the layer behind first, its weights last,
 *                   four channels a turn in between
 *   passages        chains as spans of items: buffers of four planes, and sums of int32 that lie where their gradient will
 *   lend-room       more scratch for kernels that are faster with it, where a plan has room anyway
 *   stowage         bytes that nobody reads meanwhile, in spare bits of these sums
 *   planes-reach    how far larger planes may begin below smaller ones that make way for them
 *   channelwise     everything by channels that can be, whatever it takes: for tests and comparisons
 *   access-channels, verify-updates, verify-place, verify-stowage: the verifier's part, written from the kernels
 *
 * @example
 * const plan = planMemory(graph, { budgetBytes: arenaBudget(board), inputsInArena: true });
 * if (!plan.ok) return plan; // 'plan.does-not-fit', with the bytes that are missing
 * console.log(renderPlan(graph, plan.value), plan.value.proof);
 *
 * @example
 * const least = planMemory(graph, { budgetBytes, optimize: 'ram', inputRows: true });
 * for (const call of least.value.schedule.calls) ...  // a read of rows, an operator, or one row of it
 * rowOffset(bufferOf(least.value, id), y, rowBytes);  // where row y of a tensor lies, in a ring or not
 */
export {
  ALIGNMENT,
  bufferOf,
  type BufferKind,
  type Plan,
  type PlannedBuffer,
  type Proof,
  type Ring,
  rowOffset,
  scratchOf,
  type Stowage,
} from './plan';
export {
  type Call,
  callCounts,
  callsOfSegments,
  type Channels,
  inputsRead,
  isRead,
  layerwise,
  type OpCall,
  type ReadCall,
  type Rows,
  type Schedule,
  type Segment,
} from './schedule';
export { type ByteRange, type CallWrites, callWrites } from './call-writes';
export { type ChannelRule, channelRuleOf } from './channel-rules';
export { channelwise } from './channelwise';
export { countsInputRows } from './row-network';
export { KnownStretches } from './known-stretches';
export { isMap, type RowLayout, rowLayoutOf } from './rows';
export { type ConvolutionKernel, convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';
export { channelScratchBytes, type KernelSet, lentTogether, scratchBytes } from './scratch';
export { type VectorPlanes, vectorPlanes } from './vector-planes';
export { type DoesNotFit, placeAll, planMemory, type PlanRequest } from './plan-memory';
export { Outlook } from './outlook';
export { spareBits } from './stowage';
export { verifyPlan } from './verify-plan';
export { renderPlan } from './render-plan';
