/**
 * The planner: where every tensor and every kernel's scratch lies in the arena, at every time.
 *
 * Owns: schedules (in which order kernels run), lifetimes, sharing of storage, placement, and the verifier.
 * Invariant: a plan in hand was replayed byte by byte against its graph (`verifyPlan`): no kernel reads what another has
 * overwritten.
 *
 * @example
 * const plan = planMemory(graph, { budgetBytes: arenaBudget(board) });
 * if (!plan.ok) return plan; // 'plan.does-not-fit', with the bytes that are missing
 * console.log(renderPlan(graph, plan.value));
 */
export { ALIGNMENT, bufferOf, type BufferKind, type Plan, type PlannedBuffer, scratchOf } from './plan';
export { type Call, layerwise, type Schedule } from './schedule';
export { type ConvolutionKernel, convolutionKernel, elementsOf, extentOf, layerOf, shapeOf } from './kernels';
export { scratchBytes } from './scratch';
export { type DoesNotFit, placeAll, planMemory, type PlanRequest } from './plan-memory';
export { verifyPlan } from './verify-plan';
export { renderPlan } from './render-plan';
