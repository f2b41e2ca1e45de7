import type { Build } from '../build/build';
import type { Workshop } from '../workshop';
import { armEngine } from './arm-engine';
import type { Engine } from './engine';
import { nativeEngine } from './native-engine';
import { wasmEngine } from './wasm-engine';

/** The engine that runs a built harness, whatever it was built for. */
export function openEngine(shop: Workshop, build: Build): Engine {
  switch (build.target) {
    case 'arm':
      return armEngine(shop, build);
    case 'wasm':
      return wasmEngine(build);
    case 'native':
      return nativeEngine(shop, build);
  }
}
