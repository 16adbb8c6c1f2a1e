package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// explainUsage makes an error of kingpin's one that says which flag it is about, and what run lacks. It may also find one
// where kingpin finds none.
func explainUsage(app *kingpin.Application, args []string, err error) error {
	c, _ := app.ParseContext(args) // its error is err
	if c == nil {
		return err
	}
	if c.SelectedCommand != nil && c.SelectedCommand.FullCommand() == "run" {
		if advice := explainRun(c, err); advice != nil {
			return advice
		}
	}
	if err == nil {
		return nil
	}
	if named := explainName(app, c, err); named != nil {
		return named
	}
	for _, e := range c.Elements {
		flag, ok := e.Clause.(*kingpin.FlagClause)
		if !ok || e.Value == nil {
			continue
		}
		m := flag.Model()
		if fault := m.Value.Set(*e.Value); fault != nil && fault.Error() == err.Error() && !strings.Contains(err.Error(), "--"+m.Name) {
			return fmt.Errorf("--%s=%s: %w", m.Name, *e.Value, wanted(err))
		}
	}
	return err
}

// wanted says what would have been taken in the place of what Go's own parsers did not take.
func wanted(err error) error {
	var number *strconv.NumError
	switch {
	case errors.As(err, &number) && number.Func == "ParseFloat":
		return errors.New("want a number, such as 0.5")
	case errors.As(err, &number):
		return errors.New("want a whole number, such as 1000")
	case strings.HasPrefix(err.Error(), "time: "):
		return errors.New("want a time with its unit, such as 90s, 5m or 2h")
	}
	return err
}

const howToRun = `genmeter run [FLAGS] -- COMMAND [ARG...], such as genmeter run -- python3 gen.py`

// explainRun returns an error when there is no generator, or when a flag behind its name was taken for one of ours; nil
// otherwise.
func explainRun(c *kingpin.ParseContext, err error) error {
	command := ""
	for _, e := range c.Elements {
		switch clause := e.Clause.(type) {
		case *kingpin.ArgClause:
			if command == "" {
				command = *e.Value
			}
		case *kingpin.FlagClause:
			if command != "" {
				return fmt.Errorf("--%s stands behind %s: put \"--\" between the flags of run and the generator: %s",
					clause.Model().Name, command, howToRun)
			}
		}
	}
	switch {
	case err == nil:
		return nil
	case command == "" && strings.Contains(err.Error(), "required argument"):
		return errors.New("run wants a generator to run: " + howToRun)
	case command != "" && strings.HasPrefix(err.Error(), "unknown"):
		return fmt.Errorf("%w; if it is a flag of %s, put \"--\" before that: %s", err, command, howToRun)
	}
	return nil
}
