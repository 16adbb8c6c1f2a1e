package alerting

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFaults is how many faults of a file are told.
const maxFaults = 100

type fault struct {
	line int // 0 is the file as a whole
	text string
}

type faults []fault

// text is the faults in the order of the file, one a line.
func (f faults) text(file string) string {
	slices.SortStableFunc(f, func(a, b fault) int { return cmp.Compare(a.line, b.line) })
	var b strings.Builder
	for i, fault := range f {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i == maxFaults {
			fmt.Fprintf(&b, "%s: %d more", file, len(f)-i)
			break
		}
		b.WriteString(file)
		if fault.line > 0 {
			b.WriteString(":" + strconv.Itoa(fault.line))
		}
		b.WriteString(": " + fault.text)
	}
	return b.String()
}

// fileParser goes through the nodes of a file. It decodes by hand, since the decoder of the YAML package neither tells
// lines for what it converts nor an unknown key from its neighbour.
type fileParser struct {
	file   File
	faults faults
}

func (p *fileParser) wrong(n *yaml.Node, format string, args ...any) {
	p.faults = append(p.faults, fault{n.Line, fmt.Sprintf(format, args...)})
}

// parse reads the text, which is one document or none.
func (p *fileParser) parse(text []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	err := dec.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return
	}
	if err == nil {
		if err = dec.Decode(&more); err == nil {
			p.wrong(&more, "a second document: want one")
		} else if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		p.faults = append(p.faults, syntaxFault(text, err))
		return
	}
	if len(doc.Content) > 0 {
		p.root(doc.Content[0])
	}
}

// lineOf finds the line in an error of the YAML package.
var lineOf = regexp.MustCompile(`^yaml: (?:line (\d+): )?(?s:(.*))$`)

// indentedByTab is what the YAML package tells in words that nobody understands.
var indentedByTab = regexp.MustCompile(`^ *\t`)

func syntaxFault(text []byte, err error) fault {
	parts := lineOf.FindStringSubmatch(err.Error())
	if parts == nil {
		return fault{0, "not YAML: " + err.Error()}
	}
	line, _ := strconv.Atoi(parts[1]) // 0 where it tells none
	f := fault{line, "not YAML: " + parts[2]}
	if lines := bytes.Split(text, []byte("\n")); 0 < line && line <= len(lines) && indentedByTab.Match(lines[line-1]) {
		f.text += "; the line is indented by a tab: want spaces"
	}
	return f
}

// key is one that a mapping may have, and what reads its value.
type key struct {
	name string
	read func(*yaml.Node)
}

// mapping reads the keys of n, called what in errors. It tells which are there; a null is a mapping without any.
func (p *fileParser) mapping(n *yaml.Node, what string, keys []key) (found map[string]*yaml.Node) {
	found = make(map[string]*yaml.Node)
	if isNull(n) {
		return found
	}
	if n.Kind != yaml.MappingNode {
		p.wrong(n, "%s %s: want keys and values, among %s", what, p.shown(n), names(keys))
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		at := slices.IndexFunc(keys, func(k key) bool { return k.name == name.Value && name.Kind == yaml.ScalarNode })
		switch {
		case at < 0:
			p.wrong(name, "unknown key %s in %s: %swant one of %s", p.shown(name), what, suggestion(name.Value, keys), names(keys))
		case found[name.Value] != nil:
			p.wrong(name, "%s is there twice, first in line %d", name.Value, found[name.Value].Line)
		default:
			found[name.Value] = name
			keys[at].read(value)
		}
	}
	return found
}

// shown is n as errors quote it.
func (p *fileParser) shown(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.AliasNode:
		return "with the alias *" + n.Value + ", which is not allowed here"
	case n.Kind == yaml.MappingNode:
		return "with keys of its own"
	case n.Kind == yaml.SequenceNode:
		return "with a list"
	case isNull(n):
		return "without a value"
	case n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return quoted(n.Value) + " in quotes"
	}
	return quoted(n.Value)
}

func quoted(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" }

func names(keys []key) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return strings.Join(all, ", ")
}
