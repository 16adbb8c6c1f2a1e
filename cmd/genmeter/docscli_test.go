package main

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/common/promslog"
	promslogflag "github.com/prometheus/common/promslog/flag"
)

// TestDocsCommands generates docs/cli.md from the command line itself.
func TestDocsCommands(t *testing.T) {
	app := newApp(io.Discard, io.Discard)
	promslogflag.AddFlags(app, &promslog.Config{})
	addCommands(app)
	_, err := app.ParseContext(nil) // it adds the flags that come with every application
	must(t, err)
	model := app.Model()
	shared := sharedFlags{}
	shared.add("", model.Flags)
	list := [][]string{{"command", "what it does"}}
	var commands strings.Builder
	for _, c := range model.Commands {
		if c.Name == "help" {
			continue
		}
		what, _, _ := strings.Cut(c.Help, ". ")
		list = append(list, []string{fmt.Sprintf("[%s](#genmeter-%s)", c.Name, c.Name), strings.TrimSuffix(what, ".")})
		shared.add(c.Name, c.Flags)
		describeCommand(&commands, c)
	}
	generateDocs(t, "cli.md", map[string]string{
		"list of commands": table(list), "first steps": "```sh\n" + examples(firstSteps) + "```", "commands": commands.String(), "shared flags": shared.String(),
	})
}

func describeCommand(b *strings.Builder, c *kingpin.CmdModel) {
	fmt.Fprintf(b, "\n## genmeter %s\n\n```text\ngenmeter %s%s\n```\n\n%s\n", c.Name, c.Name, summaryOf(c), flagNames(c.Help))
	if c.HelpLong != "" {
		fmt.Fprintf(b, "\n```sh\n%s```\n", examples(c.HelpLong))
	}
	var rows [][]string
	for _, a := range c.Args {
		rows = append(rows, []string{code(argument(a)), flagNames(a.Help)})
	}
	own, groups := 0, []string(nil)
	for _, f := range c.Flags {
		switch title := groupTitle(f); {
		case f.Hidden:
		case title == groupTitles[0]:
			rows = append(rows, flagRow(f))
			own++
		case !slices.Contains(groups, title):
			groups = append(groups, title)
		}
	}
	if len(rows) > 0 {
		head := "argument"
		if own > 0 && own == len(rows) {
			head = "flag"
		} else if own > 0 {
			head = "argument or flag"
		}
		fmt.Fprintf(b, "\n%s", table(append([][]string{{head, "meaning"}}, rows...)))
	}
	slices.SortFunc(groups, func(x, y string) int { return slices.Index(groupTitles, x) - slices.Index(groupTitles, y) })
	for i, title := range groups {
		groups[i] = fmt.Sprintf("[%s](#%s)", lowerFirst(title), strings.ReplaceAll(strings.ToLower(title), " ", "-"))
	}
	if len(groups) > 0 {
		fmt.Fprintf(b, "\nFurther flags: %s.\n", strings.Join(groups, ", "))
	}
}

func lowerFirst(s string) string {
	if s == groupTitles[4] { // HTTP
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// summaryOf is what a command's help shows behind its name.
func summaryOf(c *kingpin.CmdModel) string {
	text := ""
	if len(c.Flags) > 0 {
		text = " [<flags>]"
	}
	for _, a := range c.Args {
		text += " " + argument(a)
	}
	return text
}

func argument(a *kingpin.ArgModel) string {
	if a.PlaceHolder != "" {
		return a.PlaceHolder
	}
	text := "<" + a.Name + ">"
	if cumulative, ok := a.Value.(interface{ IsCumulative() bool }); ok && cumulative.IsCumulative() {
		text += "..."
	}
	if !a.Required {
		text = "[" + text + "]"
	}
	return text
}

// flagRow is a flag with its value, and the value that it has when nobody gives one.
func flagRow(f *kingpin.FlagModel) []string {
	name, text := "--"+f.Name, f.Help
	if f.Short != 0 {
		name = fmt.Sprintf("-%c, %s", f.Short, name)
	}
	if !f.IsBoolFlag() {
		value := f.PlaceHolder
		if value == "" {
			value = strings.Join(f.Default, ",")
		}
		name += "=" + value
	}
	if f.Envar != "" {
		text += " Also as $" + f.Envar + "."
	}
	return []string{code(name), flagNames(text)}
}

var flagName = regexp.MustCompile(`--[a-z][a-z.-]*[a-z]`)

// flagNames writes the flags that a help names as code.
func flagNames(help string) string { return flagName.ReplaceAllStringFunc(help, code) }

// examples makes comments of what help says below each example.
func examples(help string) string {
	var b, command strings.Builder
	for line := range strings.Lines(strings.Trim(help, "\n") + "\n") {
		text, isComment := strings.CutPrefix(line, "      ")
		if isComment {
			b.WriteString("# " + text)
			continue
		}
		b.WriteString(command.String())
		command.Reset()
		command.WriteString(strings.TrimPrefix(line, "  "))
	}
	b.WriteString(command.String())
	return b.String()
}

// sharedFlags are the flags that commands have in common, by group, and which commands have them.
type sharedFlags map[string][]*sharedFlag

type sharedFlag struct {
	row      []string
	commands []string
}

func (s sharedFlags) add(command string, flags []*kingpin.FlagModel) {
	for _, f := range flags {
		title := groupTitle(f)
		if f.Hidden || title == groupTitles[0] {
			continue
		}
		row := flagRow(f)
		i := slices.IndexFunc(s[title], func(o *sharedFlag) bool { return slices.Equal(o.row, row) })
		if i < 0 {
			i = len(s[title])
			s[title] = append(s[title], &sharedFlag{row: row})
		}
		s[title][i].commands = append(s[title][i].commands, command)
	}
}

func (s sharedFlags) String() string {
	var b strings.Builder
	for _, title := range groupTitles[1:] {
		rows := [][]string{{"flag", "commands", "meaning"}}
		slices.SortStableFunc(s[title], func(x, y *sharedFlag) int { return strings.Compare(dotted(x), dotted(y)) })
		for _, f := range s[title] {
			of := strings.Join(f.commands, ", ")
			if of == "" {
				of = "all"
			}
			rows = append(rows, []string{f.row[0], of, f.row[1]})
		}
		fmt.Fprintf(&b, "\n### %s\n\n%s", title, table(rows))
	}
	return b.String()
}

// dotted is what is before the dot of a flag's name: flags stay in the order of the help but for those that differ by command.
func dotted(f *sharedFlag) string {
	name, _, _ := strings.Cut(strings.Trim(f.row[0], "`"), "=")
	return name
}

// TestDocsEnvironment: cli.md names each variable that the program reads.
func TestDocsEnvironment(t *testing.T) {
	text := docsText(t, "cli.md")
	for _, file := range []string{"otlpenv.go", "childenv.go", "meter.go", "otlp.go"} {
		source, err := os.ReadFile(file)
		must(t, err)
		for _, name := range regexp.MustCompile(`\b(?:OTEL|GENMETER)_[A-Z_]*[A-Z]\b`).FindAllString(string(source), -1) {
			if !strings.Contains(text, name) {
				t.Errorf("docs/cli.md does not name %s, which %s reads", name, file)
			}
		}
	}
}
