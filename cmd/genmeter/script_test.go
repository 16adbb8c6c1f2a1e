package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"genmeter": main})
}

// TestScripts runs testdata/script, which is also the manual of the command line. Beside testscript's own commands:
//
//	listening LOG        waits until the server that logs to LOG listens, and sets $ADDRESS
//	logged LOG REGEXP    waits until LOG has a line that matches
//	httpget [-status=N] [-host=NAME] URL [REGEXP]
//	                     waits until the answer has status N (200) and matches; it is stdout
//
// $RUN and $QUIRKS are the recorded runs of ingest/testdata.
func TestScripts(t *testing.T) {
	data, err := filepath.Abs(testdata)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("RUN", filepath.Join(data, "afterimage-run"))
			env.Setenv("QUIRKS", filepath.Join(data, "afterimage-quirks"))
			env.Setenv("OTLP", filepath.Join(data, "otlp"))
			env.Setenv("COLUMNS", "120") // how wide help is
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"listening": listening, "logged": logged, "httpget": httpget,
		},
	})
}

const patience = 30 * time.Second

// until calls f until it returns nil; after patience it gives the last error up.
func until(f func() error) error {
	for begun := time.Now(); ; {
		err := f()
		if err == nil || time.Since(begun) > patience {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func findInLog(ts *testscript.TestScript, path, pattern string) []string {
	re, err := regexp.Compile(pattern)
	ts.Check(err)
	var found []string
	ts.Check(until(func() error {
		text, err := os.ReadFile(ts.MkAbs(path))
		if found = re.FindStringSubmatch(string(text)); err == nil && found == nil {
			return fmt.Errorf("%s has no %s:\n%s", path, pattern, text)
		}
		return err
	}))
	return found
}

func listening(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: listening LOG")
	}
	ts.Setenv("ADDRESS", findInLog(ts, args[0], `msg="listening" address=(\S+)`)[1])
}

func logged(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: logged LOG REGEXP")
	}
	findInLog(ts, args[0], "(?m)"+args[1])
}

func httpget(ts *testscript.TestScript, neg bool, args []string) {
	status, host := "200", ""
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name, value, _ := strings.Cut(args[0], "=")
		switch name {
		case "-status":
			status = value
		case "-host":
			host = value
		default:
			ts.Fatalf("httpget: unknown flag %s", args[0])
		}
		args = args[1:]
	}
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: httpget [-status=N] [-host=NAME] URL [REGEXP]")
	}
	re, err := regexp.Compile("(?m)" + strings.Join(args[1:], ""))
	ts.Check(err)
	var body string
	ts.Check(until(func() error {
		code, text, err := fetch(args[0], host)
		if body = text; err != nil {
			return err
		}
		if fmt.Sprint(code) != status || !re.MatchString(text) {
			return fmt.Errorf("GET %s: status %d, want %s and %s in:\n%s", args[0], code, status, re, text)
		}
		return nil
	}))
	fmt.Fprint(ts.Stdout(), body)
}

// fetch returns the status and the body of what is at url; host, when given, is the Host header.
func fetch(url, host string) (int, string, error) {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		return 0, "", err
	}
	req.Host = host
	resp, err := (&http.Client{Timeout: patience}).Do(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), err
}
