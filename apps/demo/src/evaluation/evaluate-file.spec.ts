import { readFileSync } from 'node:fs';
import { FOLDERS } from '../folders';
import { readPacked } from '../households/synthetic-voices';
import { compileForEvaluation, rightOn } from './evaluate-file';

it('knows how well the factory model file understands a voice that it has never heard, and one that it has', async () => {
  const evaluator = await compileForEvaluation(readFileSync(FOLDERS.model));
  const scots = rightOn(evaluator, readPacked(FOLDERS.voices, 'voice-scots'));
  const croak = rightOn(evaluator, readPacked(FOLDERS.voices, 'voice-croak'));
  expect([scots.items, croak.items]).toEqual([100, 100]);
  expect(scots.right).toBeLessThan(90);
  expect(croak.right).toBeGreaterThan(95);
}, 60_000);
