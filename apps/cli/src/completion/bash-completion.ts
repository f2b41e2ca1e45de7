import type { Candidates, CompletedCommand } from './completion-table';
import { launcher, quoted } from './shell-text';

/** A script for bash: `fleetlearn` as a function, and what Tab offers after it. */
export function bashCompletion(commands: readonly CompletedCommand[], repository: string): string {
  return [
    launcher(repository),
    '_fleetlearn() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" command="${COMP_WORDS[1]}"',
    '  # Bash takes arm:BOARD for three words: what stands before the last of them is put back together.',
    '  local prefix=""',
    '  if [[ $current == ":" ]]; then prefix="$previous:"; current="$previous:"; previous="${COMP_WORDS[COMP_CWORD-2]}"',
    '  elif [[ $previous == ":" ]]; then',
    '    prefix="${COMP_WORDS[COMP_CWORD-2]}:"; current="$prefix$current"; previous="${COMP_WORDS[COMP_CWORD-3]}"',
    '  fi',
    '  COMPREPLY=()',
    '  if (( COMP_CWORD == 1 )); then',
    `    COMPREPLY=($(compgen -W ${quoted([...commands.map(({ name }) => name), 'help', '--help'].join(' '))} -- "$current")); return`,
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
    'complete -o filenames -F _fleetlearn fleetlearn',
  ].join('\n');
}

function offer(candidates: Candidates): string {
  if (candidates === 'any') return 'COMPREPLY=()';
  if (candidates === 'file') return 'mapfile -t COMPREPLY < <(compgen -f -- "$current")';
  if (candidates === 'folder') return 'mapfile -t COMPREPLY < <(compgen -d -- "$current")';
  return `COMPREPLY=($(compgen -W ${quoted(candidates.join(' '))} -- "$current")); COMPREPLY=("\${COMPREPLY[@]#"$prefix"}")`;
}
