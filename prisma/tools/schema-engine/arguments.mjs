/**
 * The native engine's command line, as far as Prisma uses it:
 *
 *   --version
 *   [--datamodels <schema file>…] [--datasource <json>]                            JSON-RPC on stdio
 *   [--datasource <json>] cli can-connect-to-database|create-database|drop-database
 */
const optionsWithIgnoredValue = new Set(['--enabled-preview-features', '--extension-types']);

export function parseArguments(words) {
  const schemaFiles = [];
  let databaseUrl;
  let command = 'serve';
  const queue = [...words];
  while (queue.length > 0) {
    const word = queue.shift();
    if (word === '--version') command = 'version';
    else if (word === '--datasource') databaseUrl = JSON.parse(queue.shift()).url;
    else if (word === '--datamodels') schemaFiles.push(...takeValues(queue));
    else if (word === 'cli') command = queue.shift();
    else if (optionsWithIgnoredValue.has(word)) queue.shift();
  }
  return { command, databaseUrl, schemaFiles };
}

function takeValues(queue) {
  const end = queue.findIndex((word) => word.startsWith('--') || word === 'cli');
  return queue.splice(0, end === -1 ? queue.length : end);
}
