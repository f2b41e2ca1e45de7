const fs = require('node:fs');

/**
 * Jest reporter: the last line of a run is `tests: 12 passed, 0 failed`.
 * Jest puts its own summary after every other reporter, so the line waits for the end of the process.
 */
module.exports = class SummaryReporter {
  onRunComplete(_contexts, results) {
    // A spec file that does not even load has no failed test of its own: it counts as one.
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const counts = [`${results.numPassedTests} passed`, `${failed} failed`];
    if (skipped > 0) counts.push(`${skipped} skipped`);
    process.once('exit', () => fs.writeSync(process.stdout.fd, `\ntests: ${counts.join(', ')}\n`));
  }
};
