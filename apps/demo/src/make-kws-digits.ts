/**
 * Makes the demo's model from the factory network: `node dist/apps/demo/src/make-kws-digits.js FACTORY_DIR OUT_FILE`.
 * FACTORY_DIR holds factory-espeak.{json,int8.bin,golden-logits.f32} (see apps/demo/model/README.md). Run by hand when
 * the network or the writer changes; the result is committed.
 */
import { writeFileSync } from 'node:fs';
import { makeKwsDigits } from './kws-digits/make-model';

const [factoryDir, outFile] = process.argv.slice(2);
if (factoryDir === undefined || outFile === undefined)
  throw new Error('usage: make-kws-digits FACTORY_DIR OUT_FILE');
const model = makeKwsDigits(factoryDir);
writeFileSync(outFile, model);
console.log(`${outFile}: ${model.length} bytes`);
