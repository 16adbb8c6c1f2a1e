package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/genmeter/genmeter/internal/nearest"
)

// explainName makes kingpin's error of a command or flag that does not exist one that says what may have been meant; nil for
// other errors.
func explainName(app *kingpin.Application, c *kingpin.ParseContext, err error) error {
	if quoted, ok := strings.CutPrefix(err.Error(), "expected command but got "); ok {
		name, fault := strconv.Unquote(quoted)
		if fault != nil {
			return nil
		}
		all := commandNames(app)
		if near := meant(name, all); len(near) > 0 {
			return fmt.Errorf("there is no command %q; %s may be meant", name, oneOf(near))
		}
		return fmt.Errorf("there is no command %q: want %s", name, oneOf(all))
	}
	if quoted, ok := strings.CutPrefix(err.Error(), "unknown long flag '--"); ok {
		var all []string
		for _, f := range flagsOf(app, c) {
			all = append(all, f.Name)
		}
		if near := meant(strings.TrimSuffix(quoted, "'"), all); len(near) > 0 {
			return fmt.Errorf("%w; --%s may be meant", err, strings.Join(near, ", --"))
		}
	}
	return nil
}

// meant returns which of names a misspelt or unfinished one may be. In short ones a wrong letter is too much for nearest: there
// the first letter and the length count.
func meant(name string, names []string) []string {
	if near := nearest.Of(name, names); len(near) > 0 || len(name) < 2 {
		return near
	}
	var begin, short []string
	for _, n := range names {
		switch {
		case strings.HasPrefix(n, name):
			begin = append(begin, n)
		case len(name) < 5 && n[0] == name[0] && max(len(n), len(name))-min(len(n), len(name)) <= 1:
			short = append(short, n)
		}
	}
	if len(begin) > 0 {
		return begin
	}
	return short
}

func commandNames(app *kingpin.Application) (names []string) {
	for _, c := range app.Model().Commands {
		if c.Name != "help" {
			names = append(names, c.Name)
		}
	}
	return names
}

// flagsOf returns the flags that can stand on the command line: those of the command, and those of all.
func flagsOf(app *kingpin.Application, c *kingpin.ParseContext) (flags []*kingpin.FlagModel) {
	all := app.Model().Flags
	if c.SelectedCommand != nil {
		all = append(c.SelectedCommand.Model().Flags, all...)
	}
	for _, f := range all {
		if !f.Hidden {
			flags = append(flags, f)
		}
	}
	return flags
}

// oneOf puts names into a sentence.
func oneOf(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
