/**
 * Jest for the whole repository.
 *
 * swc turns TypeScript into CommonJS without checking types (tsc is its own gate). Nest and Aedes are
 * ES modules, which Jest loads with require() only on Node >= 24.9 and under --experimental-vm-modules.
 */
const swc = {
  sourceMaps: 'inline',
  jsc: {
    target: 'es2024',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
};

/**
 * Tests run in a context of their own (node:vm), in which V8 does not optimise the look-up of a global.
 * These are handed to each module as parameters: planner and reference take half the time. Not in the list: what a
 * package declares by itself at the top of a module (readable-stream: `Number`, `Uint8Array`), and what tests may fake.
 */
const hotGlobals =
  'Math Infinity Array Object Map Set BigInt DataView ' +
  'Int8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array';

module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/prisma', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
  sandboxInjectedGlobals: hotGlobals.split(' '),
  // All cores: much of the time is spent in compilers and emulators that tests start.
  maxWorkers: '100%',
  // A guard against hanging, not a speed test: builds and emulated boards take their time on a busy machine.
  testTimeout: 60_000,
  transform: { '\\.ts$': ['@swc/jest', swc] },
  moduleNameMapper: {
    '^#libs/(.*)$': '<rootDir>/libs/$1/index.ts',
    '^#prisma$': '<rootDir>/prisma/generated/client.ts',
    '^#test/(.*)$': '<rootDir>/test/$1.ts',
  },
  cacheDirectory: '<rootDir>/node_modules/.fleetlearn/jest',
  coverageDirectory: '<rootDir>/dist/coverage',
  collectCoverageFrom: ['{apps,libs}/**/*.ts', '!**/*.spec.ts', '!**/*.d.ts', '!apps/setup/**'],
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
};
