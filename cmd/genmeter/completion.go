package main

import (
	"fmt"
	"io"

	"github.com/genmeter/genmeter/alerting"
	"github.com/genmeter/genmeter/export"
)

// completionScripts are by the flags that print them. Each asks the program itself what may come next, by kingpin's own
// --completion-bash WORD…; where that knows nothing, files are offered.
var completionScripts = map[string]string{
	"--completion-script-bash": bashCompletion,
	"--completion-script-zsh":  zshCompletion,
	"--completion-script-fish": fishCompletion,
}

const howToComplete = `  source <(genmeter --completion-script-bash)             in ~/.bashrc
  source <(genmeter --completion-script-zsh)              in ~/.zshrc, after compinit
  genmeter --completion-script-fish | source              in ~/.config/fish/config.fish
`

// completionScript prints what is asked for; false when args ask for none.
func completionScript(w io.Writer, args []string) (asked bool, err error) {
	if len(args) != 1 || completionScripts[args[0]] == "" {
		return false, nil
	}
	_, err = fmt.Fprint(w, completionScripts[args[0]])
	return true, err
}

// exportFormats are the names of all.
func exportFormats() (names []string) {
	for _, f := range export.Formats() {
		names = append(names, f.String())
	}
	return names
}

// usualAlerts are the names of the rules that there are without a file.
func usualAlerts() (names []string) {
	for _, r := range alerting.DefaultThresholds().Rules() {
		names = append(names, r.Name)
	}
	return names
}

// Bash takes "--format=json" for three words, kingpin wants two.
const bashCompletion = `# bash completion for genmeter
_genmeter() {
	local word cur=${COMP_WORDS[COMP_CWORD]} words=() IFS=$'\n'
	[[ $cur != = ]] || cur=
	for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
		[[ $word == = ]] || words+=("$word")
	done
	COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" --completion-bash "${words[@]}" "$cur" 2>/dev/null)" -- "$cur"))
}
complete -o default -F _genmeter genmeter
`

const zshCompletion = `#compdef genmeter
_genmeter() {
	local -a offered last
	last=("${words[CURRENT]}")
	[[ $last != --*=* ]] || { last=("${last%%=*}" "${last#*=}"); compset -P '*=' }
	offered=(${(f)"$(${words[1]} --completion-bash ${words[2,CURRENT-1]} "${last[@]}" 2>/dev/null)"})
	compadd -a offered
	[[ $compstate[nmatches] -gt 0 ]] || _files
}
[[ $funcstack[1] == _genmeter ]] && _genmeter || compdef _genmeter genmeter
`

const fishCompletion = `# fish completion for genmeter
function __genmeter_offer
	set -l words (commandline -opc)
	set -l last (commandline -ct)
	if string match -q -- '--*=*' $last
		set -l flag (string split -m 1 = -- $last)[1]
		for value in ($words[1] --completion-bash $words[2..-1] $flag '' 2>/dev/null)
			echo $flag=$value
		end
	else
		$words[1] --completion-bash $words[2..-1] "$last" 2>/dev/null
	end
end
complete -c genmeter -a '(__genmeter_offer)'
`
