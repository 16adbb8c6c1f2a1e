package plot

import "strings"

// names gives numbers to names, to at most so many; those past them share the last, "other".
type names struct {
	list  []string
	known map[string]int
	most  int
}

func newNames(most int) names { return names{known: make(map[string]int), most: most} }

// index returns the number of a name. The empty name is "unknown".
func (n *names) index(name string) int {
	if name == "" {
		name = "unknown"
	}
	if i, ok := n.known[name]; ok {
		return i
	}
	if len(n.list) >= n.most {
		name = "other"
		if i, ok := n.known[name]; ok {
			return i
		}
	}
	name = strings.Clone(name) // it may be a slice of something large
	n.list = append(n.list, name)
	n.known[name] = len(n.list) - 1
	return len(n.list) - 1
}

// over reports whether there were more names than are kept; the last one, "other", then stands for the others.
func (n *names) over() bool { return len(n.list) > n.most }
