import { invariant, unwrap } from '#libs/base/result';
import { checkGraph } from '#libs/model/ir';
import { INFERENCE_PASSES, runPasses } from '#libs/model/passes';
import { importTflite, writeTflite } from '#libs/model/tflite';

const REFUSAL = /^tflite\.[a-z-]+$/;

/**
 * What must hold of any bytes: a refusal with reasons, or a graph that has no fault, that every pass leaves without
 * fault, and that writing and reading keeps. Gives the codes of the refusal, none where the file was accepted; throws
 * where something else happens.
 */
export function tryImport(bytes: Uint8Array): readonly string[] {
  const result = importTflite(bytes);
  if (!result.ok) {
    const codes = result.error.problems.map((problem) => problem.code);
    invariant(codes.length > 0 && codes.every((code) => REFUSAL.test(code)), `refused as ${codes.join()}`);
    invariant(result.error.code === codes[0] && result.error.message.length > 0, 'a refusal says why');
    return codes;
  }
  const graph = result.value;
  const faults = checkGraph(graph);
  invariant(faults.length === 0, faults.join('; '));
  runPasses(graph, INFERENCE_PASSES);
  const written = writeTflite(graph);
  if (!written.ok) {
    invariant(written.error.code === 'tflite.not-expressible', written.error.message);
    return [];
  }
  const again = unwrap(importTflite(written.value));
  invariant(
    JSON.stringify(again.ops) === JSON.stringify(graph.ops),
    'writing and reading changed the operators',
  );
  return [];
}
