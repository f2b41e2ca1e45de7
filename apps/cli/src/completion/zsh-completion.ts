import type { Candidates, CompletedCommand } from './completion-table';
import { launcher, quoted } from './shell-text';

/** A script for zsh: `fleetlearn` as a function, and what Tab offers after it. */
export function zshCompletion(commands: readonly CompletedCommand[], repository: string): string {
  return [
    launcher(repository),
    '_fleetlearn() {',
    '  local current="${words[CURRENT]}" previous="${words[CURRENT-1]}" command="${words[2]}"',
    '  if (( CURRENT == 2 )); then',
    `    compadd -- ${commands.map(({ name }) => name).join(' ')} help; return`,
    '  fi',
    '  case "$command $previous" in',
    ...commands.flatMap(({ name, values }) =>
      values.map(
        ([option, candidates]) => `    ${quoted(`${name} ${option}`)}) ${offer(candidates)}; return ;;`,
      ),
    ),
    '  esac',
    '  case "$command" in',
    ...commands.map(
      ({ name, options, words }) =>
        `    ${name}) if [[ $current == -* ]]; then ${offer(options)}; else ${offer(words)}; fi ;;`,
    ),
    `    help) ${offer(commands.map(({ name }) => name))} ;;`,
    '  esac',
    '}',
    '(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }',
    'compdef _fleetlearn fleetlearn',
  ].join('\n');
}

function offer(candidates: Candidates): string {
  if (candidates === 'any') return 'true';
  if (candidates === 'file') return '_files';
  if (candidates === 'folder') return '_files -/';
  return candidates.length === 0 ? 'true' : `compadd -- ${candidates.join(' ')}`;
}
