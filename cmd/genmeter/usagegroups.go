package main

import (
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// flagGroup is flags that the help of a command shows together.
type flagGroup struct {
	Title string
	Flags []*kingpin.FlagModel
}

// fewFlags need no groups.
const fewFlags = 20

// groupTitles are in the order of the help: what a command has for itself is needed most.
var groupTitles = []string{"Flags", "Where events come from and are kept", "What is made of them", "Alerts", "HTTP", "Pushing", "In general"}

// groupOf are the groups of flags by their names, or by what is before the dot in these.
var groupOf = map[string]string{
	"follow": groupTitles[1], "data-dir": groupTitles[1], "resume": groupTitles[1], "log-dir": groupTitles[1],
	"run": groupTitles[2], "prices": groupTitles[2], "timezone": groupTitles[2], "native-histograms": groupTitles[2],
	"alerts": groupTitles[3], "alertmanager": groupTitles[3], "web": groupTitles[4], "push": groupTitles[5],
	"log": groupTitles[6], "help": groupTitles[6], "version": groupTitles[6],
}

// flagGroups puts the flags of a command into groups, when there are many.
func flagGroups(flags []*kingpin.FlagModel) (groups []flagGroup) {
	if len(flags) <= fewFlags {
		return []flagGroup{{groupTitles[0], flags}}
	}
	by := make(map[string][]*kingpin.FlagModel)
	for _, f := range flags {
		if !f.Hidden {
			by[groupTitle(f)] = append(by[groupTitle(f)], f)
		}
	}
	for _, title := range groupTitles {
		if len(by[title]) > 0 {
			groups = append(groups, flagGroup{title, by[title]})
		}
	}
	return groups
}

// groupTitle is the group of a flag.
func groupTitle(f *kingpin.FlagModel) string {
	name, _, _ := strings.Cut(f.Name, ".")
	if title, ok := groupOf[name]; ok {
		return title
	}
	return groupTitles[0]
}

// positive leaves out that every switch can be negated.
func positive(rows [][2]string) [][2]string {
	for i := range rows {
		rows[i][0] = strings.Replace(rows[i][0], "--[no-]", "--", 1)
	}
	return rows
}
