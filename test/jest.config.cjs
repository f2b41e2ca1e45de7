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

module.exports = {
  rootDir: '..',
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/prisma', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  testEnvironment: 'node',
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
